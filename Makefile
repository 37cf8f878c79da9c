# Two commands do everything: `make demo` and `make test`. Each installs what is missing by itself.
.PHONY: help demo test setup bench eval clean

help: ## Show this help
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

setup: ## Install the system packages that the build needs
	@sh scripts/setup.sh

demo: setup ## Build, crawl 36 simulated cities, print the assessment table, say where the report is
	cargo build --release --locked
	./target/release/portal-probe demo --out demo-out

test: setup ## Format check, lints as errors, all tests, doc tests
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	cargo test --locked

bench: setup ## Measure throughput, growth and politeness on loopback (several minutes)
	cargo build --release --locked
	./target/release/portal-probe bench

eval: setup ## Score readings and findings: the real pages labelled by hand, and guides poured from items (ITEMS=file)
	cargo build --release --locked
	./target/release/portal-probe eval labels/real
	./target/release/portal-probe eval synthesise $(if $(ITEMS),--items $(ITEMS)) --out eval-out
	./target/release/portal-probe eval eval-out/labels.json --half development

clean: ## Remove what demo and build left
	rm -rf demo-out eval-out target
