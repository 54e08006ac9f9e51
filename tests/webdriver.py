"""A window of Debian's Chromium, driven over WebDriver: as much of it as the tests of the pages need."""

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waiting import BOUND, wait_until

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # https://www.w3.org/TR/webdriver2/#elements


class Browser:
    """A window of Chromium: https://www.w3.org/TR/webdriver2/#endpoints."""

    def __init__(self, port: int, home: str, chromium: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=BOUND)
        self.home = home
        wanted = {"goog:chromeOptions": {"args": OPTIONS, "binary": chromium}}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"

    def open(self, path: str) -> None:
        self.visit(self.home + path)

    def visit(self, address: str) -> None:
        self._do("url", url=address)

    def close(self) -> None:
        self._ask("DELETE", self._session)
        self._line.close()

    @property
    def address(self) -> str:
        return str(self._ask("GET", f"{self._session}/url"))

    def click(self, text: str) -> None:
        """Follow the first link with this text."""
        self._leave(self._find("link text", text), "click")

    def press(self, selector: str) -> None:
        """Press a button that leads elsewhere."""
        self._leave(self._find("css selector", selector), "click")

    def push(self, selector: str) -> None:
        """Click what leads nowhere."""
        self._do(f"element/{self._find('css selector', selector)}/click")

    def key(self, key: str) -> None:
        """Press a key, wherever the focus is."""
        presses = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._do("actions", actions=[{"type": "key", "id": "keys", "actions": presses}])

    def allow(self, *permissions: str) -> None:
        """Allow pages what readers would be asked for."""
        self._devtools("Browser.grantPermissions", permissions=list(permissions))

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        self._devtools("Emulation.setScriptExecutionDisabled", value=True)
        yield
        self._devtools("Emulation.setScriptExecutionDisabled", value=False)

    @contextmanager
    def printing(self) -> Iterator[None]:
        self._devtools("Emulation.setEmulatedMedia", media="print")
        yield
        self._devtools("Emulation.setEmulatedMedia", media="")

    def type(self, selector: str, text: str) -> None:
        self._do(f"element/{self._find('css selector', selector)}/value", text=text)

    def enter(self, selector: str) -> None:
        """Press the enter key in a field."""
        self._leave(self._find("css selector", selector), "value", text="\n")

    def run(self, script: str) -> Any:
        """Return the result of a script, or of the promise that it returns."""
        return self._do("execute/sync", script=script, args=[])

    def shown(self, selector: str) -> str:
        return str(self._ask("GET", f"{self._session}/element/{self._find('css selector', selector)}/text"))

    def all_shown(self, selector: str) -> list[str]:
        return list(
            self.run(f"return [...document.querySelectorAll({json.dumps(selector)})].map(one => one.innerText)")
        )

    def scheme(self, name: str) -> None:
        """Emulate a reader who prefers `light` or `dark`."""
        self._devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def width(self, pixels: int) -> None:
        """Emulate a screen, below 500 pixels a telephone's."""
        is_phone = pixels < 500
        size = {"width": pixels, "height": 844, "deviceScaleFactor": 1, "mobile": is_phone}
        self._devtools("Emulation.setDeviceMetricsOverride", **size)
        self._devtools("Emulation.setTouchEmulationEnabled", enabled=is_phone)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        self._line.request(method, path, None if body is None else json.dumps(body))
        value = json.loads(self._line.getresponse().read())["value"]
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def _do(self, command: str, **body: Any) -> Any:
        return self._ask("POST", f"{self._session}/{command}", body)

    def _find(self, how: str, value: str) -> str:
        return str(self._do("element", using=how, value=value)[ELEMENT])

    def _leave(self, element: str, command: str, **body: Any) -> None:
        """Do what leads to another page, and wait until it is there."""
        self.run("window.isLeft = true")
        self._do(f"element/{element}/{command}", **body)
        wait_until(lambda: self.run("return !window.isLeft && document.readyState === 'complete'"))

    def _devtools(self, command: str, **parameters: Any) -> None:
        self._do("goog/cdp/execute", cmd=command, params=parameters)


@contextmanager
def browse(driver: str, binary: str, home: str) -> Iterator[Browser]:
    """Start a driver at a port of its choice, and a browser; addresses opened are below `home`."""
    with subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            port = next(
                found[1] for line in process.stdout or () if (found := re.search(r"successfully on port (\d+)", line))
            )
            browser = Browser(int(port), home, binary)
            yield browser
            browser.close()
        finally:
            process.terminate()
