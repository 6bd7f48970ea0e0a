# Thin wrappers: the work is done by ./dev, see `./dev help`.
.PHONY: demo test build ui bench setup
demo test build ui bench setup:
	@./dev $@
