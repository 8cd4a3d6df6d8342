#!/bin/sh
# From a fresh clone to a working program: ./bootstrap.sh [build | demo | check | help]
set -eu

usage() {
    cat <<'EOF'
Usage: ./bootstrap.sh [COMMAND] [CONFIGURE-OPTION...]

  build   install what is missing (Debian: apt-get, as root or through sudo),
          then configure and compile in this folder (the default)
  demo    build, then open the workbench on the bundled model
  check   build, then run every test
  help    this text

It never asks a question. Configure options, such as --prefix=/opt/quantscope,
are handed on to ./configure.
EOF
}

say() { printf '%s\n' "bootstrap.sh: $*" >&2; }
die() { say "$@"; exit 1; }

# Debian packages and what shows that another system has the same thing.
build_packages='gcc libc6-dev make autoconf automake autoconf-archive pkg-config
    libncurses-dev libhdf5-dev libjansson-dev libpcre2-dev libutf8proc-dev libxxhash-dev libopenblas-dev'
test_packages='libcmocka-dev libglpk-dev tmux mandoc'

is_debian() { command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; }

missing_packages() {
    for package in "$@"; do
        # An installed package may provide the name (pkgconf provides pkg-config).
        state=$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null || true)
        case $state in
        *installed*) case $state in *not-installed*) echo "$package" ;; esac ;;
        *) echo "$package" ;;
        esac
    done
}

install_packages() {
    if ! is_debian; then
        for tool in cc make autoreconf automake pkg-config; do
            command -v $tool >/dev/null 2>&1 || die "'$tool' is missing and this is not Debian. Install the equivalents of:
$(echo $* | fold -s -w 76)"
        done
        for module in ncursesw hdf5 jansson libpcre2-8 libutf8proc libxxhash; do
            pkg-config --exists $module || die "the library '$module' is missing and this is not Debian. Install the equivalents of:
$(echo $* | fold -s -w 76)"
        done
        pkg-config --exists openblas || pkg-config --exists cblas ||
            die "neither 'openblas' nor 'cblas' is there and this is not Debian. Install the equivalents of:
$(echo $* | fold -s -w 76)"
        return 0
    fi
    missing=$(echo $(missing_packages "$@"))
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        die "these packages are missing, and this user cannot install them without a password. Run
    sudo apt-get install $missing
and then ./bootstrap.sh again."
    fi
    say "installing: $missing"
    # Package lists may be absent or old: ask for new ones only where the first try fails.
    install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing"
    $install >/dev/null 2>&1 </dev/null || { $as_root apt-get update -q >/dev/null </dev/null && $install >&2 </dev/null; } ||
        die "apt-get could not install: $missing"
}

cd "$(dirname "$0")"
command=${1:-build}
[ $# -eq 0 ] || shift
case $command in
build | demo) install_packages $build_packages ;;
check) install_packages $build_packages $test_packages ;;
help | -h | --help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
# Later changes to the build files are make's own business: its rules remake configure.
if [ ! -x configure ]; then
    say "generating configure"
    autoreconf -fi >autoreconf.log 2>&1 || { cat autoreconf.log >&2; die "autoreconf failed"; }
    rm -f autoreconf.log
fi
if [ ! -f config.status ] || [ configure -nt config.status ] || [ $# -gt 0 ]; then
    say "configuring"
    ./configure -q "$@" >&2
elif [ "$command" = check ] && ! grep -q '^CMOCKA_LIBS = .' Makefile; then
    say "configuring again: cmocka is there now"
    ./config.status --recheck >/dev/null && ./config.status -q
fi
say "compiling"
make -s -j"$jobs" >&2

case $command in
build) say "done: ./quantscope is ready ('make install' copies it to its prefix)" ;;
demo) exec ./quantscope open data/demo ;;
check) exec make -s -j"$jobs" check ;;
esac
