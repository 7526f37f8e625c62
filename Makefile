# The short way to everything; each target installs what is missing.
.PHONY: build demo test test-full bench bench-peers bench-rows format clean

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

# make bench-peers ARGS="--models v1-1.0-224 --precisions int8 --threads 1"
bench-peers: build
	@tools/setup test
	@tools/venv --peers
	@build/venv-peers/bin/python bench/peers/compare.py $(ARGS)

# make bench-rows ARGS="--layers 3x3 --rows depthwise"
bench-rows: build
	@cmake --build --preset release --target goldcrest_rows
	@build/release/goldcrest_rows $(ARGS)

format:
	@tools/setup test
	@tools/format

clean:
	rm -rf build demo
