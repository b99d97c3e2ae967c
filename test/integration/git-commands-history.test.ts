import { testScenarios } from '../support/git-scenarios.js'

/** Commands that make, move and replay commits. */
const ONE = { small: 'small1', large: 'large1' }
const THREE = { small: 'small3', large: 'large3' }
const CLASH = { small: 'small8', large: 'large8' }
const SIDE = { 'side-small': 'small6', 'side-large': 'large6' }
const BOTH = { small: 'small2', large: 'large2', ...SIDE }
const YOUNG = 'git looks again at young files that are not annexed'
const CHANGE = 'put small3 small; put large3 large'
const CONFLICT = ['UU large', 'UU small']
/** Nothing of a conflict reaches the work tree, and each side can be had. */
const AS_OURS = { has: {}, mayFilter: 'git compares files in conflict' }

testScenarios('stash', [
  { name: 'git stash', run: `${CHANGE}; git stash -q` },
  {
    name: 'git stash, then pop',
    run: `${CHANGE}; git stash -q; git stash pop -q; git commit -qam x`,
    has: THREE,
  },
  {
    name: 'git stash, then pop, uncommitted',
    run: `${CHANGE}; git stash -q; git stash pop -q`,
    has: THREE,
    status: [' M large', ' M small'],
    mayFilter: 'git stash pop leaves entries without stat fields',
  },
  {
    name: 'git stash pop --index',
    run: `${CHANGE}; git add .; git stash -q; git stash pop -q --index`,
    has: THREE,
    status: ['M  large', 'M  small'],
  },
  {
    name: 'git stash -u, then pop',
    run: 'put small3 n/small; put large3 n/large; git stash -qu; [ ! -e n ]; git stash pop -q; git add .; git commit -qm x',
    has: { 'n/small': 'small3', 'n/large': 'large3' },
  },
  {
    name: 'git stash --keep-index',
    run: 'put small3 small; git add .; put large3 large; git stash -q --keep-index',
    has: { small: 'small3', large: 'large2' },
    status: ['M  small'],
  },
  {
    name: 'git stash of a path',
    run: `${CHANGE}; git stash push -q large; git commit -qam x`,
    has: { small: 'small3', large: 'large2' },
  },
  {
    name: 'git stash, apply on another branch',
    run: `${CHANGE}; git stash -q; git checkout -q HEAD~1; git checkout -q main -- small large; git reset -q --hard; git checkout -q main; git stash apply -q; git commit -qam x; git stash drop -q`,
    has: THREE,
  },
  {
    name: 'git stash branch',
    run: `${CHANGE}; git stash -q; git stash branch b >/dev/null 2>&1; git commit -qam x`,
    has: THREE,
  },
  {
    name: 'git stash over what is staged and changed again',
    run: `put large3 large; git add .; put large4 large; git stash -q; git stash pop -q; git commit -qam x`,
    has: { large: 'large4' },
  },
])

testScenarios('history', [
  {
    name: 'git cherry-pick',
    run: 'git checkout -q side; git cherry-pick main >/dev/null',
    has: BOTH,
  },
  {
    name: 'git cherry-pick -n',
    run: 'git checkout -q side; git cherry-pick -n main',
    has: BOTH,
    status: ['M  large', 'M  small'],
  },
  {
    name: 'git cherry-pick of several',
    run: `${CHANGE}; git commit -qam 3; git checkout -q side; git cherry-pick main~1 main >/dev/null`,
    has: { ...THREE, ...SIDE },
  },
  { name: 'git revert', run: 'git revert --no-edit HEAD >/dev/null', has: ONE },
  {
    name: 'git revert, and its revert',
    run: 'git revert --no-edit HEAD >/dev/null; git revert --no-edit HEAD >/dev/null',
  },
  { name: 'git rebase', run: 'git checkout -q side; git rebase -q main', has: BOTH },
  {
    name: 'git rebase --apply',
    run: 'git checkout -q side; git rebase -q --apply main',
    has: BOTH,
  },
  {
    name: 'git rebase --onto',
    run: `${CHANGE}; git commit -qam 3; git rebase -q --onto side HEAD~2`,
    has: { ...THREE, ...SIDE },
  },
  {
    name: 'git rebase -i --autosquash',
    run: `put text2 n; commit n; ${CHANGE}; git commit -qa --fixup HEAD~1; GIT_SEQUENCE_EDITOR=: git rebase -qi --autosquash HEAD~3; is "$(git rev-list --count HEAD)" 3`,
    has: THREE,
    mayFilter: YOUNG,
  },
  {
    name: 'git rebase -i with edit',
    run: `${CHANGE}; git commit -qam 3; GIT_SEQUENCE_EDITOR="sed -i 1s/pick/edit/" git rebase -qi HEAD~2 2>/dev/null; put large4 large; git commit -qa --amend --no-edit; ! git rebase --continue >/dev/null 2>&1; git checkout -q --theirs small large; git add .; GIT_EDITOR=: git rebase --continue >/dev/null`,
    has: THREE,
  },
  {
    name: 'git rebase -i with exec',
    run: 'git checkout -q side; git rebase -q -x "test -s side-large" main',
    has: BOTH,
  },
  {
    name: 'git rebase --abort',
    run: 'git checkout -q clash; ! git rebase -q main >/dev/null 2>&1; git rebase --abort',
    has: CLASH,
  },
  {
    name: 'git rebase --skip',
    run: 'git checkout -q clash; ! git rebase -q main >/dev/null 2>&1; git rebase --skip >/dev/null 2>&1',
  },
  { name: 'git merge, fast-forward', run: 'git checkout -q HEAD~1; git merge -q main' },
  { name: 'git merge', run: 'git merge -q --no-edit side', has: BOTH },
  {
    name: 'git merge --squash',
    run: 'git merge -q --squash side >/dev/null; git commit -qm x',
    has: BOTH,
  },
  {
    name: 'git merge of three',
    run: 'git checkout -qb third HEAD~1; put small7 t; commit t; git checkout -q main; git merge -q --no-edit side third >/dev/null 2>&1',
    has: { ...BOTH, t: 'small7' },
  },
  { name: 'git merge -X theirs', run: 'git merge -q --no-edit -X theirs clash', has: CLASH },
  { name: 'git merge -s ours', run: 'git merge -q --no-edit -s ours clash' },
  {
    name: 'git merge of a rename and a change',
    run: 'git checkout -q side; git mv small a; git mv large b; git commit -qm mv; git merge -q --no-edit main; [ ! -e small ]',
    has: { a: 'small2', b: 'large2' },
    since: '2.34',
  },
  {
    name: 'git merge with conflicts',
    run: '! git merge -q clash >/dev/null 2>&1; cmp small $CONTENTS/small2; cmp large $CONTENTS/large2; is "$(git show :3:large | head -c 15)" /annex/objects/',
    status: CONFLICT,
    ...AS_OURS,
  },
  {
    name: 'git merge with conflicts, git checkout --theirs',
    run: '! git merge -q clash >/dev/null 2>&1; git checkout -q --theirs small large; git add .; git commit -qm x',
    has: CLASH,
  },
  {
    name: 'git merge with conflicts, git checkout --ours',
    run: '! git merge -q clash >/dev/null 2>&1; git checkout -q --ours small large; git add .; git commit -qm x',
  },
  {
    name: 'git merge with conflicts, git annex resolve --theirs',
    run: '! git merge -q clash >/dev/null 2>&1; git annex resolve -q --theirs small large; git commit -qm x',
    has: CLASH,
  },
  {
    name: 'git merge with conflicts, git annex resolve --ours',
    run: '! git merge -q clash >/dev/null 2>&1; git annex resolve -q --ours small large; git commit -qm x',
  },
  {
    name: 'git merge with conflicts, new content',
    run: `! git merge -q clash >/dev/null 2>&1; ${CHANGE}; git add .; git commit -qm x`,
    has: THREE,
  },
  { name: 'git merge --abort', run: '! git merge -q clash >/dev/null 2>&1; git merge --abort' },
  {
    name: 'git merge of a change into a removal',
    run: 'git checkout -q side; git rm -q small large; git commit -qm rm; ! git merge -q main >/dev/null 2>&1; git add small large; git commit -qm x',
    has: BOTH,
  },
  {
    name: 'git merge of the same new name',
    run: 'git checkout -q side; put small7 n; put large7 n2; commit n; git checkout -q main; put small8 n; put large8 n2; commit n; ! git merge -q side >/dev/null 2>&1; git annex resolve -q --theirs n n2; git commit -qm x',
    has: { n: 'small7', n2: 'large7' },
  },
  {
    name: 'git pull',
    run: 'git clone -q . ../other; cd ../other; git annex init -q; git annex get -q .; cd "$OLDPWD"; put large3 large; git commit -qam 3; cd ../other; git pull -q; git annex get -q .',
    in: '../other',
    has: { small: 'small2', large: 'large3' },
    mayFilter: YOUNG,
  },
  {
    name: 'git pull and git checkout with annex.autoget',
    run: 'git clone -q . ../o; cd ../o; git annex init -q --autoget; git config annex.smudge-inline-max 10kB; cmp large $CONTENTS/large2; git checkout -q HEAD~1 2>../said; cmp large $CONTENTS/large1; cmp small $CONTENTS/small1; git checkout -q main; cd "$OLDPWD"; put large3 large; put small3 small; git commit -qam 3; cd ../o; git pull -q; git worktree add -q ../w HEAD~1 2>/dev/null; cmp ../w/large $CONTENTS/large2',
    in: '../o',
    has: THREE,
    mayFilter: YOUNG,
  },
  {
    name: 'git pull --rebase',
    run: 'git clone -q . ../other; cd ../other; git annex init -q; git annex get -q .; put small3 small; git commit -qam s; cd "$OLDPWD"; put large3 large; git commit -qam l; cd ../other; git pull -q --rebase; git annex get -q .',
    in: '../other',
    has: THREE,
    mayFilter: YOUNG,
  },
  {
    name: 'git am',
    run: 'git format-patch -q --stdout HEAD~1 >../p; git checkout -q HEAD~1; git am -q ../p',
  },
  {
    name: 'git am --3way',
    run: 'git format-patch -q --stdout HEAD~1 >../p; git checkout -q side; git am -q --3way ../p',
    has: BOTH,
  },
  {
    name: 'git apply',
    run: 'git diff HEAD~1 >../p; git checkout -q HEAD~1; git apply ../p; git commit -qam x',
  },
  {
    name: 'git apply --index',
    run: 'git diff HEAD~1 >../p; git checkout -q HEAD~1; git apply --index ../p; git commit -qm x',
  },
  {
    name: 'git apply -3',
    run: 'git diff HEAD~1 >../p; git checkout -q side; git apply -3 ../p 2>/dev/null; git commit -qm x',
    has: BOTH,
  },
  {
    name: 'git diff into a patch, git checkout, git apply',
    run: `${CHANGE}; git diff >../p; git checkout -q .; git apply ../p; git commit -qam x`,
    has: THREE,
  },
  { name: 'git apply -R', run: 'git diff HEAD~1 | git apply -R; git commit -qam x', has: ONE },
  {
    name: 'git bisect',
    run: 'for i in 3 4 5 6; do put small$i small; put large$i large; git commit -qam $i; done; git bisect start HEAD HEAD~5 >/dev/null; git bisect run sh -c "! cmp -s large $CONTENTS/large5 && ! cmp -s large $CONTENTS/large6" >../log; is "$(git log -1 --format=%s refs/bisect/bad)" 5; git bisect reset >/dev/null 2>&1',
    has: { small: 'small6', large: 'large6' },
  },
  {
    name: 'git commit --fixup of a path, with something else staged',
    run: `put small3 small; git add small; put large3 large; git commit -q --fixup HEAD large; git commit -qm x`,
    has: THREE,
  },
  {
    name: 'git rebase --autostash',
    run: 'git checkout -q side; put large3 dir/large; put small3 dir/small; git rebase -q --autostash main >/dev/null 2>&1; git commit -qam x',
    has: { ...BOTH, 'dir/small': 'small3', 'dir/large': 'large3' },
  },
  {
    name: 'git rebase --rebase-merges',
    run: 'git merge -q --no-edit side; git checkout -qb top HEAD~1~1; put small7 t; commit t; git checkout -q main; git rebase -q --rebase-merges top',
    has: { ...BOTH, t: 'small7' },
  },
  {
    name: 'git merge -X renormalize',
    run: 'git merge -q --no-edit -X renormalize side',
    has: BOTH,
  },
  {
    name: 'git rerere does the same resolution again',
    run: 'git config rerere.enabled true; for i in 1 2; do git merge -q clash >/dev/null 2>&1 || true; git annex resolve -q --theirs small large; git commit -qm x; cmp large $CONTENTS/large8; [ $i = 2 ] || git reset -q --hard HEAD~1; done',
    has: CLASH,
  },
  {
    name: 'git merge --continue with git mergetool’s choice of a file',
    run: 'git merge -q clash >/dev/null 2>&1 || true; git show :3:large >large; git show :3:small >small; git add small large; GIT_EDITOR=: git merge --continue >/dev/null; git annex fsck -q; git checkout -q HEAD~1; git checkout -q -',
    has: CLASH,
    mayFilter: 'pointers were written by hand',
  },
  {
    name: 'git fast-export and fast-import',
    run: 'git fast-export --all >../e; git init -q ../other; git -C ../other fast-import --quiet <../e; git -C ../other checkout -qf main; is "$(git -C ../other rev-parse main)" "$(git rev-parse main)"',
  },
  {
    name: 'git filter-branch',
    run: 'FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f --msg-filter "sed s/^/x/" HEAD~1..HEAD >/dev/null 2>&1',
  },
])
