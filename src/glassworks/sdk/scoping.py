"""What one does with a use case's brief in a notebook: start it, save it, see what changed, try what-ifs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from glassworks.core.commands import Moved, SaveBrief, StartBrief, TryWhatIf
from glassworks.core.contract import Brief, Task
from glassworks.core.difference import ContractChanges
from glassworks.core.documentation import Documentation
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.loading import part
from glassworks.core.usecase import UseCase

Ask = Callable[..., httpx.Response]
YAML = {"content-type": "application/yaml"}


class Scoping:
    """A use case as far as its brief goes."""

    def __init__(self, ask: Ask, record: UseCase) -> None:
        self._ask, self.record = ask, record

    @property
    def id(self) -> str:
        """The use case's id."""
        return self.record.id

    @property
    def brief(self) -> Brief:
        """The KPI contract when it is signed, else the newest draft."""
        found = [Brief.model_validate(one) for one in self._get("/briefs")]
        if not found:
            raise NotFound(f"{self.record.title} has no brief yet.", "", "Save one first.")
        signed = UseCase.model_validate(self._get("")).brief
        return next((brief for brief in found if brief.id == signed), found[-1])

    def start(
        self, *, decision: str, whom: str, worth: str, mistake: str, know: str, task: Task | None = None
    ) -> Brief:
        """Start the brief with five answers; everything else is filled in, and named in its `defaulted`.

        Parameters
        ----------
        decision : what is done with a case.
        whom : who works with the model.
        worth, mistake : what a right decision is worth and a wrong one costs, a case: an amount in words, such as
            `80 to 120 EUR for each customer who stays`.
        know : how we will know that it worked.
        task : "binary" unless said otherwise, or that of the brief before.

        Raises
        ------
        FixTheInput : `worth` or `mistake` holds no amount.
        """
        version = max((one["version"] for one in self._get("/briefs")), default=0)
        answers = StartBrief(
            decision=decision, whom=whom, worth=worth, mistake=mistake, know=know, task=task, expected_version=version
        )
        return Brief.model_validate(self._ask("POST", f"/cases/{self.id}/start", json=answers.facts()).json())

    def save_brief(self, brief: Brief | str | Path) -> Brief:
        """Save the next version of the brief, when nobody saved since the version that it was edited from.

        Parameters
        ----------
        brief : a `Brief` (its `version` is the one that was edited), YAML text, or the path of a YAML file.

        Raises
        ------
        FixTheInput : a field is missing, unknown or has a wrong value; it is named.
        Conflict : somebody saved before.
        """
        if isinstance(brief, Brief):
            known = bool(self._get("/briefs"))
            sent = SaveBrief(use_case=self.id, expected_version=brief.version if known else 0, brief=brief)
            return Brief.model_validate(self._ask("POST", "/briefs", json=sent.facts()).json())
        content = brief.read_bytes() if isinstance(brief, Path) else brief.encode()
        answer = self._ask("POST", f"/cases/{self.id}/brief.yaml", content=content, headers=YAML)
        return Brief.model_validate(answer.json())

    def brief_yaml(self) -> str:
        """The newest brief as YAML, ready for `save_brief`."""
        return self._ask("GET", f"/cases/{self.id}/brief.yaml").text

    def changes(self) -> ContractChanges:
        """How the newest brief differs from the signed contract, and who must sign it again."""
        return ContractChanges.model_validate(self._get("/changes"))

    def documentation(self, pack: str = "") -> Documentation:
        """Which documents the policy in force asks for, and which points are filled.

        Parameters
        ----------
        pack : a shipped policy pack by name, such as `eu-ai-act`; empty for the one in force for the line.
        """
        return Documentation.model_validate(
            self._ask("GET", f"/cases/{self.id}/documentation", params={"pack": pack}).json()
        )

    def what_if(self, *, values: Mapping[str, float | Sequence[float]] | None = None, **asked: Any) -> Any:
        """What the newest brief's decision would earn with other numbers; nothing is saved.

        Parameters
        ----------
        values : by name of the value matrix, such as `act_positive`: the most likely value, or (low, most likely,
            high). With the most likely value alone low and high move along.
        asked : any field of `core.commands.TryWhatIf`: how good the model is (`precision`, `recall`, `auc`; `accuracy`;
            `error`), `volume`, `capacity_share`, `positive_share`, `expected_error`, `target`, `shares`, `means`,
            `draws`. What is left out is as the brief says.

        Returns
        -------
        `measures.outlook.Outlook`: the gain with its interval and P(gain >= target), the ceiling of a perfect model,
        what the target asks of the model, and more; `says()` tells it in two sentences.

        Raises
        ------
        FixTheInput : a number cannot be, or something is missing; `field` names it.
        NotFound : there is no brief yet.
        """
        unknown = [name for name in asked if name not in TryWhatIf.model_fields]
        if unknown:
            known = ", ".join(TryWhatIf.model_fields)
            raise FixTheInput(f"A what-if has no {unknown[0]!r}.", f"It has {known}.", field=unknown[0])
        moved = {name: _moved(name, one) for name, one in (values or {}).items()}
        sent = {name: one.facts() if isinstance(one, Moved) else one for name, one in asked.items()}
        sent["values"] = {name: one.facts() for name, one in moved.items()}
        answer = self._ask("POST", f"/cases/{self.id}/what-if", json=sent)
        return part("glassworks.measures.outlook:Outlook").model_validate(answer.json())

    def _get(self, path: str) -> Any:
        return self._ask("GET", f"/cases/{self.id}{path}").json()


def _moved(name: str, given: float | Sequence[float]) -> Moved:
    if not isinstance(given, Sequence):
        return Moved(mode=given)
    if len(given) != 3:
        raise FixTheInput("A value is one number, or (low, most likely, high).", field=f"values.{name}")
    return Moved(low=given[0], mode=given[1], high=given[2])
