"""A real serving process under load is killed with SIGKILL: every acknowledged answer is in the log, none twice."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from glassworks.store.predictions import PredictionLog

PROCESS = Path(__file__).parents[1] / "fakes" / "serving_yard.py"
TOKEN = "gw-token-of-the-call-centre"
ROW = {"age": 41, "pdays": -1, "contact": "cellular", "since": "2019-04-01", "note": None}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start(home: Path, port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, str(PROCESS), str(home), str(port)])
    for _ in range(200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/v2/health/ready").status_code == 200:
                return process
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the serving process did not start")


def ask(port: int, worker: int, acked: dict[str, float], stop: threading.Event) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {TOKEN}"}) as client:
        turn = 0
        while not stop.is_set():
            turn += 1
            id = f"{port}.{worker}.{turn}"
            try:
                answer = client.post("/predict/rel-1", json={"rows": [ROW], "request_id": id})
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            acked[id] = answer.json()["predictions"][0]["probability"]


def test_what_was_answered_before_a_kill_is_logged_once_and_answered_again_the_same(tmp_path: Path) -> None:
    acked: dict[str, float] = {}
    for _ in range(3):
        port = free_port()
        process = start(tmp_path, port)
        stop = threading.Event()
        workers = [threading.Thread(target=ask, args=(port, n, acked, stop)) for n in range(6)]
        for worker in workers:
            worker.start()
        before = len(acked)
        for _ in range(300):
            if len(acked) > before + 60:
                break
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        stop.set()
        for worker in workers:
            worker.join()
    log = PredictionLog(tmp_path / "log")
    logged = Counter(row.id for row in log.read("rel-1"))
    scores = {row.id: row.score for row in log.read("rel-1")}
    log.close()
    assert len(acked) > 150
    assert {id for id in acked if scores.get(id) != acked[id]} == set()
    assert max(logged.values()) == 1 and len(logged) - len(acked) <= 3 * 6

    port = free_port()
    process = start(tmp_path, port)
    try:
        again = sorted(acked)[0]
        headers = {"authorization": f"Bearer {TOKEN}"}
        body = {"rows": [ROW], "request_id": again}
        answer = httpx.post(f"http://127.0.0.1:{port}/predict/rel-1", json=body, headers=headers)
        assert answer.json()["predictions"][0]["probability"] == acked[again]
    finally:
        process.terminate()
        process.wait()


def test_a_slow_or_lying_client_over_a_real_socket_does_not_stop_the_others(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, port)
    opened = []
    try:
        head = "POST /predict/rel-1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        head += f"Authorization: Bearer {TOKEN}\r\n"
        for ending in ("Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", ""):
            for _ in range(20):
                one = socket.create_connection(("127.0.0.1", port))
                one.sendall((head + ending).encode())
                opened.append(one)
        with socket.create_connection(("127.0.0.1", port)) as liar:
            liar.sendall((head + "Content-Length: 999999999\r\n\r\n{").encode())
            assert b" 413 " in liar.recv(100)
        headers = {"authorization": f"Bearer {TOKEN}"}
        answer = httpx.post(f"http://127.0.0.1:{port}/predict/rel-1", json={"rows": [ROW]}, headers=headers)
        assert answer.status_code == 200
    finally:
        for one in opened:
            one.close()
        process.terminate()
        process.wait()
