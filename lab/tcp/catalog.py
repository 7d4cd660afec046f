"""The list of scenarios, which their modules fill."""

SCENARIOS = {}  # name: (coroutine function, host that serves it)


def scenario(function=None, *, host="server"):
    """Enters a coroutine function under its own name; `host` is who plays the server."""
    if function is None:
        return lambda decorated: scenario(decorated, host=host)
    SCENARIOS[function.__name__] = function, host
    return function


def everything():
    # pylint: disable=import-outside-toplevel,unused-import
    import closings, intrusions, losses, openings, outages, reuse, transfers  # noqa: E401, F401

    return SCENARIOS
