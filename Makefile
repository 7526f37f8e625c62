# The short way to everything; each target installs what is missing.
.PHONY: build demo test test-full bench format clean

build:
	@tools/setup build
	@cmake --preset release -DGOLDCREST_TESTS=OFF >/dev/null
	@cmake --build --preset release

demo: build
	@tools/demo

test:
	@tools/run_tests

test-full:
	@tools/run_tests --full

bench: build
	@tools/setup test
	@tools/venv
	@build/venv/bin/python bench/mobilenet.py

format:
	@tools/setup test
	@tools/format

clean:
	rm -rf build demo
