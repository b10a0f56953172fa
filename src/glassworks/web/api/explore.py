"""Explore over the API: bring data, explore the open rows, decide on columns, take the training rows."""

from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile

from glassworks.core.commands import AddData, DecideColumns
from glassworks.core.usecase import Dataset
from glassworks.line import cases, explore
from glassworks.web.access import Line, Who, decides
from glassworks.web.forms import attachment, command, file_name

router = APIRouter(tags=["explore"])
Text = Annotated[str, Form(max_length=400)]


@router.post("/data", status_code=201)
@decides("add data")
def add_data(parts: Line, who: Who, file: UploadFile, use_case: Text, source: Text = "", target: Text = "") -> Dataset:
    """Bring a CSV or Parquet file: its rows are divided and the hold-out is sealed at once."""
    asked = command(AddData, use_case=use_case, name=file_name(file), source=source)
    return explore.add_data(parts, who, asked, file.file.read(), target=target)


@router.get("/cases/{case}/data")
@decides("view")
def show_data(parts: Line, who: Who, case: str) -> Dataset:
    """The newest dataset: its columns, how many rows are open and sealed, its data contract."""
    return cases.dataset(parts, cases.get(parts, who, case))


@router.post("/cases/{case}/exploration")
@decides("add data")
def run_exploration(parts: Line, who: Who, case: str) -> Dataset:
    """Profile the open rows and rank what was found."""
    return explore.explore(parts, who, case)


@router.post("/columns")
@decides("decide columns")
def decide_columns(parts: Line, who: Who, command: DecideColumns) -> Dataset:
    """The domain expert's decisions: they become the data contract."""
    return explore.decide_columns(parts, who, command)


@router.get("/cases/{case}/training-rows", response_class=Response)
@decides("read training rows")
def training_rows(parts: Line, who: Who, case: str) -> Response:
    """The open rows as Parquet; that they were taken is written in the journal."""
    content = explore.training_rows(parts, who, case)
    return attachment(content, f"{case}-open-rows.parquet", "application/vnd.apache.parquet")
