#!/bin/sh
# Builds git-annex from this directory and installs it.
set -eu

usage() {
  cat <<'END'
usage: ./install.sh [--prefix DIR] [--demo | --uninstall] [--force]

Builds git-annex and installs it, with git-annex-shell, into DIR/bin. Below
DIR/share go its man page, which `git annex --help` shows, and bash completion.

  --prefix DIR   default: ~/.local, or /usr/local for root
  --demo         shows the main job on real files in a temporary directory; installs nothing
  --uninstall    removes what this script has installed under the prefix, and nothing else
  --force        replaces a git-annex there that this script has not installed
  --help         shows this

Needs git 2.25 and Node.js 20, or later. Once built, it needs no network.
END
}

say() { printf '%s\n' "$@"; }

fail() {
  printf 'install.sh: %s\n' "$@" >&2
  exit 1
}

# What lies at a path, so that we later remove only what we put there.
fingerprint() {
  if [ -L "$1" ]; then
    say "link $(readlink "$1") $1"
  elif [ -f "$1" ]; then
    say "file $(cksum <"$1") $1"
  fi
}

is_ours() {
  [ -f "$manifest" ] && grep -qxF "$(fingerprint "$1")" "$manifest"
}

refuse_to_replace() {
  for path in "$bin/git-annex" "$bin/git-annex-shell" "$man_page" "$completion"; do
    if [ -e "$path" ] || [ -L "$path" ]; then
      is_ours "$path" || fail "$path is there and was not installed by this script" \
        'Choose another --prefix, or replace it with --force'
    fi
  done
}

# What `git annex --help` shows: git starts man for it.
write_man_page() {
  printf '.TH GIT\\-ANNEX 1\n.SH NAME\ngit\\-annex \\- keeps big files in git\n.SH COMMANDS\n.nf\n'
  dist/git-annex help --all | sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\&&/"
}

# Each file is complete before it gets its name: a git-annex that runs keeps the old one.
install_files() {
  mkdir -p "$bin" "$(dirname "$manifest")" "$(dirname "$man_page")" "$(dirname "$completion")" ||
    fail "Cannot write to $prefix" 'Choose another --prefix, or run this as a user who may'
  trap 'rm -f "$bin/.git-annex.$$" "$bin/.git-annex-shell.$$" "$man_page.$$" "$completion.$$"' EXIT
  cp dist/git-annex "$bin/.git-annex.$$"
  chmod 755 "$bin/.git-annex.$$"
  ln -s git-annex "$bin/.git-annex-shell.$$"
  write_man_page >"$man_page.$$"
  dist/git-annex --bash-completion-script git-annex >"$completion.$$"
  mv -f "$bin/.git-annex.$$" "$bin/git-annex"
  mv -f "$bin/.git-annex-shell.$$" "$bin/git-annex-shell"
  mv -f "$man_page.$$" "$man_page"
  mv -f "$completion.$$" "$completion"
  {
    fingerprint "$bin/git-annex"
    fingerprint "$bin/git-annex-shell"
    fingerprint "$man_page"
    fingerprint "$completion"
  } >"$manifest"
}

# Git looks in its own directory first and then along PATH.
warn_about_path() {
  found=$(PATH="$(git --exec-path):$PATH" command -v git-annex || true)
  [ "$found" = "$bin/git-annex" ] && return
  case ":$PATH:" in
    *":$bin:"*) ;;
    *)
      say '' "$bin is not on your PATH. Put this line into your shell's start-up file:" \
        "  export PATH=\"$bin:\$PATH\""
      ;;
  esac
  if [ -n "$found" ]; then
    say '' "Another git-annex comes first, and \`git annex\` starts that one: $found"
  fi
}

install() {
  [ -n "$force" ] || refuse_to_replace
  scripts/prepare
  install_files
  say "Installed $bin/git-annex ($("$bin/git-annex" version --raw))" \
    "Installed $bin/git-annex-shell"
  warn_about_path
  say '' 'In a repository, start with: git annex init' \
    'To see it work first:       ./install.sh --demo'
}

uninstall() {
  if [ ! -f "$manifest" ]; then
    say "Nothing was installed by this script under $prefix"
    return
  fi
  for path in "$bin/git-annex" "$bin/git-annex-shell" "$man_page" "$completion"; do
    if is_ours "$path"; then
      rm -f "$path"
      say "Removed $path"
    elif [ -e "$path" ] || [ -L "$path" ]; then
      say "Left $path alone: it is not what this script installed"
    fi
  done
  rm -f "$manifest"
  for dir in "$(dirname "$manifest")" "$(dirname "$man_page")" "$prefix/share/man" \
    "$(dirname "$completion")" "$prefix/share/bash-completion"; do
    rmdir "$dir" 2>/dev/null || true
  done
  say 'Annexes on this machine are as they were; git in them asks for a git-annex until one is there again'
}

prefix=
force=
action=install
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -gt 1 ] || fail '--prefix needs a directory'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --demo) action=demo ;;
    --uninstall) action=uninstall ;;
    --force) force=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "Unknown argument: $1"
      ;;
  esac
  shift
done

if [ -z "$prefix" ]; then
  if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=${HOME:?}/.local; fi
fi
case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
prefix=${prefix%/}
bin=$prefix/bin
manifest=$prefix/share/annexe/installed
man_page=$prefix/share/man/man1/git-annex.1
completion=$prefix/share/bash-completion/completions/git-annex

cd "$(dirname "$0")"
case $action in
  install) install ;;
  uninstall) uninstall ;;
  demo)
    scripts/prepare
    exec scripts/demo
    ;;
esac
