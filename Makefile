# The same as `python3 kt.py run`, `test`, `test-slow`, `check`, `setup`, `lock`; arguments go in ARGS: make test ARGS="tests/web -x".
PYTHON ?= python3
.PHONY: run test test-slow check setup lock
run test test-slow check setup lock:
	@$(PYTHON) kt.py $@ $(ARGS)
