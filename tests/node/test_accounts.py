import subprocess
import sys


def test_nested_json_after_the_ledger_libraries_is_an_error_and_not_the_end_of_the_process() -> None:
    program = (
        "import json, node.chain.registries, node.chain.transactions\n"
        "try:\n    json.loads('[' * 300_000)\n"
        "except RecursionError:\n    print('still here')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "still here\n")
