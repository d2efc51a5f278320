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


def test_the_library_of_keyfiles_is_loaded_when_one_is_asked_for() -> None:
    program = (
        "import sys\n"
        "from node.accounts import RECURSION_LIMIT, Account\n"
        "before = 'eth_keyfile' in sys.modules, 'py_ecc' in sys.modules\n"
        "account = Account.create()\n"
        "keyfile = Account.encrypt(account.key, 'passphrase', kdf='scrypt', iterations=2)\n"
        "same = Account.decrypt(keyfile, 'passphrase') == account.key\n"
        "print(before, same, sys.getrecursionlimit() == RECURSION_LIMIT)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "(False, False) True True\n")
