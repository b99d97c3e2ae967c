/** The files of hooks/, by name. Made by scripts/embed-hooks.mjs: change the files, not this. */
export const hookTexts = {
  'post-checkout': `#!/bin/sh
# annexe hook: finishes what the filter left for the time after a checkout. See docs/hooks.md of Annexe.
# A hook that was here before lies beside this one, with .before-annexe after its name, and runs first.
# shellcheck disable=SC1090,SC2015

before=$0.before-annexe
if [ -x "$before" ]; then
  read -r first <"$before"
  case $first in
    '#!'*[/\\ ]sh) (. "$before") ;; # keeps $0, where husky and others look for their names
    *) "$before" "$@" ;;
  esac || exit
fi

git_dir=\${0%/*}/..
[ -e "$git_dir/HEAD" ] || git_dir=$(git rev-parse --git-common-dir) || exit 0

[ -d "$git_dir/annex" ] || exit 0
# left DIR: a filter that was killed has noted there what it had still to do; names: HOST-PID-START
left() {
  for note in "$1"/*; do
    [ -e "$note" ] || continue
    start=\${note##*-}
    pid=\${note%-*}
    pid=\${pid##*-}
    kill -0 "$pid" 2>/dev/null || return 0
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    # shellcheck disable=SC2086
    set -- \${stat##*) } # splits: from the third field, the state, on
    # Killed, but its parent has not asked for its status yet; or another one that got its number.
    [ "$1" = Z ] || [ "$(printf %08x "\${20}")" != "$start" ] && return
  done
  return 1
}
needed() {
  [ -s "$git_dir/annex/smudge.log" ] || [ -s "$git_dir/annex/restage.log" ] && return
  left "$git_dir/annex/annexe/deferred" || left "\${GIT_DIR-}/annexe-deferred" && return
  [ -s "\${GIT_DIR-}/restage.log" ] && return
  # Annexed symbolic links lead through .git, which is a file in a linked work tree or a submodule.
  [ -f .git ] && git ls-files -s | grep -q '^120000' && return
  git config annex.autoget >/dev/null
}
needed || exit 0

git_annex='@GIT_ANNEX@'
if [ ! -x "$git_annex" ]; then
  git_annex=$(command -v git-annex) && "$git_annex" post-checkout --help >/dev/null 2>&1 || exit 0
fi
exec "$git_annex" post-checkout "$@"
`,
  'post-merge': `#!/bin/sh
# annexe hook: finishes what the filter left for the time after a merge. See docs/hooks.md of Annexe.
# A hook that was here before lies beside this one, with .before-annexe after its name, and runs first.
# shellcheck disable=SC1090,SC2015

before=$0.before-annexe
if [ -x "$before" ]; then
  read -r first <"$before"
  case $first in
    '#!'*[/\\ ]sh) (. "$before") ;; # keeps $0, where husky and others look for their names
    *) "$before" "$@" ;;
  esac || exit
fi

git_dir=\${0%/*}/..
[ -e "$git_dir/HEAD" ] || git_dir=$(git rev-parse --git-common-dir) || exit 0

[ -d "$git_dir/annex" ] || exit 0
# left DIR: a filter that was killed has noted there what it had still to do; names: HOST-PID-START
left() {
  for note in "$1"/*; do
    [ -e "$note" ] || continue
    start=\${note##*-}
    pid=\${note%-*}
    pid=\${pid##*-}
    kill -0 "$pid" 2>/dev/null || return 0
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    # shellcheck disable=SC2086
    set -- \${stat##*) } # splits: from the third field, the state, on
    # Killed, but its parent has not asked for its status yet; or another one that got its number.
    [ "$1" = Z ] || [ "$(printf %08x "\${20}")" != "$start" ] && return
  done
  return 1
}
[ -s "$git_dir/annex/smudge.log" ] || [ -s "$git_dir/annex/restage.log" ] ||
  left "$git_dir/annex/annexe/deferred" || left "\${GIT_DIR-}/annexe-deferred" ||
  [ -s "\${GIT_DIR-}/restage.log" ] || git config annex.autoget >/dev/null || exit 0

git_annex='@GIT_ANNEX@'
if [ ! -x "$git_annex" ]; then
  git_annex=$(command -v git-annex) && "$git_annex" post-merge --help >/dev/null 2>&1 || exit 0
fi
exec "$git_annex" post-merge "$@"
`,
  'post-receive': `#!/bin/sh
# annexe hook: brings the work tree up to date with what was pushed here. See docs/hooks.md of Annexe.
# A hook that was here before lies beside this one, with .before-annexe after its name, and runs first.
# shellcheck disable=SC1090,SC2015

input=$(cat; echo .)
input=\${input%.}

before=$0.before-annexe
if [ -x "$before" ]; then
  read -r first <"$before"
  printf '%s' "$input" | case $first in
    '#!'*[/\\ ]sh) (. "$before") ;; # keeps $0, where husky and others look for their names
    *) "$before" "$@" ;;
  esac || exit
fi

git_dir=\${0%/*}/..
[ -e "$git_dir/HEAD" ] || git_dir=$(git rev-parse --git-common-dir) || exit 0

read -r head <"$git_dir/HEAD"
case $head in
  'ref: refs/heads/adjusted/'*) ;;
  *) [ -s "$git_dir/annex/smudge.log" ] || [ -s "$git_dir/annex/restage.log" ] || exit 0 ;;
esac

git_annex='@GIT_ANNEX@'
if [ ! -x "$git_annex" ]; then
  git_annex=$(command -v git-annex) && "$git_annex" post-receive --help >/dev/null 2>&1 || exit 0
fi
printf '%s' "$input" | "$git_annex" post-receive
`,
  'pre-commit': `#!/bin/sh
# annexe hook: commits the journal to the git-annex branch, mends staged links, stops large blobs. See docs/hooks.md of Annexe.
# A hook that was here before lies beside this one, with .before-annexe after its name, and runs first.
# shellcheck disable=SC1090,SC2015

before=$0.before-annexe
if [ -x "$before" ]; then
  read -r first <"$before"
  case $first in
    '#!'*[/\\ ]sh) (. "$before") ;; # keeps $0, where husky and others look for their names
    *) "$before" "$@" ;;
  esac || exit
fi

git_dir=\${0%/*}/..
[ -e "$git_dir/HEAD" ] || git_dir=$(git rev-parse --git-common-dir) || exit 0

staged() {
  git diff-index --cached --no-renames --diff-filter=AMT HEAD 2>/dev/null && return
  # Before the first commit.
  git diff-index --cached --no-renames --diff-filter=AMT "$(git hash-object -t tree /dev/null)"
}
needed() {
  for entry in "$git_dir"/annex/journal/* "$git_dir"/annex/annexe/journal/*; do
    [ -s "$entry" ] && return
  done
  # An annexed symbolic link that was moved points nowhere until its target is changed; and content
  # of a million bytes and more may be too large for git (annex.guard-size).
  staged | LC_ALL=C awk '$2 != 160000 { print $4, $2 $5 }' |
    GIT_NO_LAZY_FETCH=1 git cat-file --buffer --batch-check='%(objectsize) %(rest)' |
    grep -q -e '^[0-9]\\{7,\\} ' -e ' 120000[AT]$'
}
needed || exit 0

git_annex='@GIT_ANNEX@'
if [ ! -x "$git_annex" ]; then
  git_annex=$(command -v git-annex) && "$git_annex" pre-commit --help >/dev/null 2>&1 || exit 0
fi
exec "$git_annex" pre-commit .
`,
  'pre-push': `#!/bin/sh
# annexe hook: sends the contents that pushed commits need; a failure stops the push. See docs/hooks.md of Annexe.
# A hook that was here before lies beside this one, with .before-annexe after its name, and runs first.
# shellcheck disable=SC1090,SC2015

input=$(cat; echo .)
input=\${input%.}

before=$0.before-annexe
if [ -x "$before" ]; then
  read -r first <"$before"
  printf '%s' "$input" | case $first in
    '#!'*[/\\ ]sh) (. "$before") ;; # keeps $0, where husky and others look for their names
    *) "$before" "$@" ;;
  esac || exit
fi

git_dir=\${0%/*}/..
[ -e "$git_dir/HEAD" ] || git_dir=$(git rev-parse --git-common-dir) || exit 0

# Our own pushes carry contents by themselves. Without objects there are no contents to send.
[ -z "\${ANNEXE_PUSHING-}" ] && [ -d "$git_dir/annex/objects" ] || exit 0

# One line a ref: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID.
needed() {
  while IFS= read -r line; do
    case $line in
      '' | '(delete) '* | *' refs/heads/git-annex '* | *' refs/heads/synced/'*) ;;
      *) return 0 ;;
    esac
  done
  return 1
}
needed <<END || exit 0
$input
END

git_annex='@GIT_ANNEX@'
if [ ! -x "$git_annex" ]; then
  git_annex=$(command -v git-annex) && "$git_annex" pre-push --help >/dev/null 2>&1 || {
    echo 'git-annex is not installed: the push goes on without the contents of annexed files' >&2
    exit 0
  }
fi
printf '%s' "$input" | "$git_annex" pre-push "$@"
`,
} as const

export type HookName = keyof typeof hookTexts
