"""The what-if served by Voilà, as a visitor meets it: it answers as the package, executes nothing, names no plant."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import closing
from types import SimpleNamespace

import pandas as pd
import pytest
from shipped import ROOT
from test_jupyterlab import (
    CHROMIUM,
    DRAGGED,
    FAST,
    assert_as_the_package_decides,
    new_study,
    playwright,
    served,
)
from test_jupyterlab import pytestmark as pytestmark

pytest.importorskip("voila", reason="Voilà is in no lock: pip install 'voila>=0.5.8', the extra `voila`")
NAME, TOKEN = "某钢铁有限公司", "a-token-of-this-test"
SENT = """async ({kernel, messages}) => {
  const said = [], at = location.origin.replace("http", "ws") + `/api/kernels/${kernel}/channels`;
  const bytes = (text) => new TextEncoder().encode(text);
  const framed = ({channel, ...told}) => {
    const names = ["header", "parent_header", "metadata", "content"];
    const parts = [bytes(channel), ...names.map((name) => bytes(JSON.stringify(told[name])))];
    const offsets = [8 * (parts.length + 2)];
    parts.forEach((part) => offsets.push(offsets.at(-1) + part.length));
    const whole = new Uint8Array(offsets.at(-1)), view = new DataView(whole.buffer);
    [offsets.length, ...offsets].forEach((number, i) => view.setBigUint64(8 * i, BigInt(number), true));
    parts.forEach((part, i) => whole.set(part, offsets[i]));
    return whole;
  };
  for (const protocol of [[], ["v1.kernel.websocket.jupyter.org"]]) {
    const socket = new WebSocket(at, protocol), heard = [];
    socket.binaryType = "arraybuffer";
    await new Promise((done, failed) => Object.assign(socket, {onopen: done, onerror: failed}));
    const answered = new Promise((done) => { socket.onmessage = ({data}) => {
      heard.push(typeof data === "string" ? data : new TextDecoder().decode(data));
      if (heard.at(-1).includes("kernel_info_reply")) done();
    }; });
    for (const [msg_type, content] of messages) for (const channel of ["shell", "control", "stdin"]) {
      const header = {msg_id: String(Math.random()), msg_type, username: "", session: "visitor", date: "",
        version: "5.4"};
      const told = {channel, header, parent_header: {}, metadata: {version: "2.1.0"}, content, buffers: []};
      socket.send(protocol.length ? framed(told) : JSON.stringify(told));
    }
    await answered;
    await new Promise((done) => setTimeout(done, 1000));
    socket.close();
    said.push(heard);
  }
  return said;
}"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study whose plants have names, which are confidential."""
    folder = tmp_path_factory.mktemp("voila")
    plants = pd.read_csv(ROOT / "data/samples/ironmaking/plants.csv", dtype=str, keep_default_na=False)
    plants["plant"] = [f"{NAME}{number}" for number in range(len(plants))]
    plants.to_csv(folder / "plants.csv", index=False)
    made = new_study(folder / "study", folder / "plants.csv")
    stated = (
        (made / "study.yaml").read_text(encoding="utf-8").replace("synthetic: false", "synthetic: true", 1)
    )
    (made / "study.yaml").write_text(stated, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def visit(study, tmp_path_factory):
    """A visitor's browser on the page, and all it was told."""
    home = tmp_path_factory.mktemp("home")
    with (
        served(study, home, "--voila", f"--Voila.token={TOKEN}") as address,
        playwright.sync_playwright() as runner,
    ):
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(FAST))
        page, told, frames = browser.new_page(viewport={"width": 1280, "height": 1000}), [], []
        page.on("request", lambda request: told.append(request))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
        page.goto(f"{address}/?token={TOKEN}", timeout=240_000)
        page.locator(".what-if >> visible=true").wait_for(timeout=120_000)
        yield SimpleNamespace(page=page, told=told, frames=frames, address=address)
        browser.close()


def test_a_drag_is_answered_at_once_and_as_the_package_decides(visit, study):
    assert_as_the_package_decides(visit.page.evaluate(DRAGGED), study)


def test_nothing_a_visitor_is_told_names_a_plant_or_shows_code_and_nobody_else_is_asked(visit):
    own = (visit.address, "data:", "blob:")
    others = [asked for asked in visit.told if not asked.url.startswith(own)]
    assert [asked.url for asked in others if asked.failure != "csp"] == []
    answers = [asked.response() for asked in visit.told if not asked.failure]
    bodies = [answer.body() for answer in answers if answer.status == 200]
    frames = [told.encode() if isinstance(told, str) else told for told in visit.frames]
    told = b"\n".join(bodies + frames).decode(errors="ignore")
    cells = json.loads((ROOT / "notebooks" / "what_if.ipynb").read_text(encoding="utf-8"))["cells"]
    code = {line.strip() for cell in cells if cell["cell_type"] == "code" for line in cell["source"]}
    assert '"plants": ["P01", "P02"' in told
    assert NAME not in told
    assert NAME.encode("unicode_escape").decode() not in told
    assert [line for line in code if len(line) > 12 and line in told] == []


def test_what_would_execute_or_look_into_the_kernel_is_ignored_on_every_channel(visit, tmp_path):
    mark = tmp_path / "executed"
    code = f"open({str(mark)!r}, 'w')"
    evaluated = {"type": "request", "seq": 1, "command": "evaluate", "arguments": {"expression": code}}
    messages = [
        (
            "execute_request",
            {"code": code, "silent": False, "store_history": False, "user_expressions": {"x": code}},
        ),
        ("debug_request", evaluated),
        ("input_reply", {"value": code}),
        ("inspect_request", {"code": "read_standard", "cursor_pos": 4, "detail_level": 1}),
        ("complete_request", {"code": "read_s", "cursor_pos": 6}),
        ("history_request", {"output": True, "raw": True, "hist_access_type": "tail", "n": 9}),
        ("create_subshell_request", {}),
        ("kernel_info_request", {}),
    ]
    kernel = json.loads(visit.page.locator("#jupyter-config-data").text_content())["kernelId"]
    for heard in visit.page.evaluate(SENT, {"kernel": kernel, "messages": messages}):
        kinds = {kind for told in heard for kind in re.findall(r'"msg_type": "(\w+)"', told)}
        assert kinds <= {"status", "kernel_info_request", "kernel_info_reply"}
    assert not mark.exists()


def test_no_message_of_widgets_makes_one_or_shows_where_the_server_stands(visit):
    anywidget, output = (("anywidget", "AnyModel"), ("@jupyter-widgets/output", "OutputModel"))
    opened = [
        {"_model_module": module, "_model_name": name, "_model_module_version": "*", "_esm": "/etc/passwd"}
        for module, name in (anywidget, output, ("os", "system"))
    ]
    targets = [("jupyter.widget", state) for state in opened] + [
        ("jupyter.widget.control", {}),
        ("matplotlib", {}),
    ]
    messages = [
        (
            "comm_open",
            {"comm_id": f"c{place}", "target_name": target, "target_module": "os", "data": {"state": state}},
        )
        for place, (target, state) in enumerate(targets)
    ]
    asked = (
        {"method": method, "state": {"state": {"plants": NAME}}}
        for method in ("request_states", "update", "custom")
    )
    messages += [("comm_msg", {"comm_id": "c3", "data": data}) for data in asked]
    messages += [("comm_info_request", {}), ("kernel_info_request", {})]
    kernel = json.loads(visit.page.locator("#jupyter-config-data").text_content())["kernelId"]
    told = "\n".join(
        text
        for heard in visit.page.evaluate(SENT, {"kernel": kernel, "messages": messages})
        for text in heard
    )
    assert '"msg_type": "comm_close"' in told
    for hidden in (
        "Traceback",
        "site-packages",
        str(ROOT),
        "root:",
        NAME,
        NAME.encode("unicode_escape").decode(),
    ):
        assert hidden not in told
    assert not re.search(r'"c[0-2]": \{"target_name"', told)


@pytest.mark.parametrize("way", [
    *("/what_if.ipynb", "/01_sample.ipynb", "/voila/render/01_sample.ipynb", "/voila/tree/", "/api/contents"),
    *("/files/plants/plants.csv", "/nbconvert/html/what_if.ipynb", "/view/what_if.ipynb", "/lab", "/api/kernelspecs"),
    *("/voila/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/../../study.yaml", "/voila/files//etc/passwd"),
    *("/voila/templates/lab/static/%2e%2e/conf.json", "/voila/templates/../../../etc/passwd", "/api/spec.yaml"),
    *("/voila/labextensions/%2e%2e/%2e%2e/kernels/workbench/kernel.json", "/voila/files/%2Fetc%2Fpasswd"),
])  # fmt: skip
def test_nothing_is_had_by_a_way_as_no_browser_would_write_it(visit, way):
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in visit.page.context.cookies())
    for _ in range(3):
        with closing(http.client.HTTPConnection(visit.address.removeprefix("http://"), timeout=60)) as asked:
            asked.request("GET", way, headers={"Cookie": cookies, "Connection": "close"})
            with asked.getresponse() as answer:
                body = answer.read().decode(errors="ignore")
        assert answer.status in (302, 403, 404, 500), way
        assert not any(hidden in body for hidden in (NAME, "root:", str(ROOT), "Traceback", "import ")), way
        if answer.status != 302:
            return
        way = answer.headers["Location"]
    raise AssertionError(way)


def test_no_parameter_of_the_address_changes_what_is_shown(visit):
    page = visit.page.context.browser.new_page()
    page.goto(
        f"{visit.address}/?token={TOKEN}&template=reveal&theme=dark&system=coking&indicator=x&run=../../x&notebook=01_sample",
        timeout=240_000,
    )
    page.locator(".what-if >> visible=true").wait_for(timeout=120_000)
    assert (
        page.locator(".what-if option").all_inner_texts()
        == visit.page.locator(".what-if option").all_inner_texts()
    )
    assert page.locator(".reveal, [data-jp-theme-light=false]").count() == 0
    assert NAME not in page.content()
    page.close()


def test_no_file_and_no_other_kernel_is_had_by_asking_for_it(visit):
    asked = """([method, way]) => fetch(way, {method}).then((answer) => answer.status)"""
    for way in ("what_if.ipynb", "%2e%2e/study.yaml", "%2e%2e/plants.key", "%2e%2e/plants/plants.csv"):
        assert visit.page.evaluate(asked, ["GET", f"/voila/files/{way}"]) in (403, 404)
    for way in ("/api/kernels", "/api/terminals", "/api/contents", "/api/sessions"):
        assert visit.page.evaluate(asked, ["POST", way]) in (403, 404, 405)


def test_a_visitor_without_the_token_is_shown_a_door(visit):
    stranger = visit.page.context.browser.new_context().new_page()
    stranger.goto(visit.address)
    assert "/login" in stranger.url
    assert "what-if" not in stranger.content()
