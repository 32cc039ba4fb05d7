# The same as `python3 kt.py run`, `test`, `check`, `setup`, `lock`; arguments go in ARGS: make test ARGS="tests/web -x".
PYTHON ?= python3
.PHONY: run test check setup lock
run test check setup lock:
	@$(PYTHON) kt.py $@ $(ARGS)
