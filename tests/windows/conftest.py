"""Which Windows program is tried."""


def pytest_addoption(parser):
    parser.addoption("--archived-exe", default="", help="the release's kubectl-akqueue.exe")
    parser.addoption("--exe", default="", help="another one, which goes before it (AKQUEUE_WINDOWS_EXE)")
