import { testScenarios } from '../support/git-scenarios.js'
import { OWN_GIT } from '../support/gits.js'

const ONE = { small: 'small1', large: 'large1' }
const THREE = { small: 'small3', large: 'large3' }
const CHANGE = 'put small3 small; put large3 large'
const YOUNG = 'git looks again at young files that are not annexed'
const TO_AND_FRO =
  'git checkout -q HEAD~1; cmp large $CONTENTS/large1; cmp small $CONTENTS/small1; git checkout -q main'
const NO_INDEX_REWRITE = 'young files of a split index are left to git'

testScenarios('indexes', [
  { name: 'index version 2', run: `git update-index --index-version 2; ${TO_AND_FRO}` },
  {
    name: 'index version 3',
    run: `touch -d 2001-01-01 n; git add -N n; ${TO_AND_FRO}; git rm -q --cached n; rm n`,
  },
  {
    name: 'index version 4',
    run: `git update-index --index-version 4; ${TO_AND_FRO}; ${CHANGE}; git commit -qam x; is "$(head -c8 .git/index | od -An -tu1 | tr -d " ")" 687382670004`,
    has: THREE,
  },
  {
    name: 'a split index',
    run: `git update-index --split-index; ${TO_AND_FRO}; ${CHANGE}; git commit -qam x; git checkout -q HEAD~1; ls .git/sharedindex.* >/dev/null`,
    mayFilter: NO_INDEX_REWRITE,
  },
  {
    name: 'an untracked cache',
    run: `git config core.untrackedCache true; git update-index --force-untracked-cache; git status >/dev/null; ${TO_AND_FRO}; put small3 n; is "$(git status --porcelain)" "?? n"; rm n`,
  },
  {
    name: 'index.threads and preloading',
    run: `git -c index.threads=4 -c core.preloadIndex=true checkout -q HEAD~1`,
    has: ONE,
  },
  { name: 'no file system monitor', run: `git config core.fsmonitor false; ${TO_AND_FRO}` },
  { name: 'index.skipHash', run: `git config index.skipHash true; ${TO_AND_FRO}`, since: '2.40' },
  {
    name: 'feature.manyFiles',
    run: `git config feature.manyFiles true; git update-index --really-refresh; ${TO_AND_FRO}`,
  },
  {
    name: 'core.checkStat=minimal and no trust in ctime',
    run: `git config core.checkStat minimal; git config core.trustctime false; ${TO_AND_FRO}`,
  },
  {
    name: 'assume-unchanged',
    run: `git update-index --assume-unchanged small large; git checkout -q side; git checkout -q main`,
  },
  {
    name: 'GIT_INDEX_FILE',
    run: 'cp -p .git/index ../index; export GIT_INDEX_FILE="$PWD/../index"; git checkout -q HEAD~1 -- .; cmp small $CONTENTS/small1; cmp large $CONTENTS/large1; is "$(git status --porcelain | tr -d "\\n")" "M  largeM  small"; git checkout -q HEAD -- .; unset GIT_INDEX_FILE; git update-index -q --refresh',
  },
  {
    name: 'GIT_INDEX_FILE, relative to the directory',
    run: 'cd dir; export GIT_INDEX_FILE=../other; git read-tree HEAD; rm small large; git checkout -q -- .; is "$(git status --porcelain)" ""; unset GIT_INDEX_FILE; rm ../../other; cd ..; git update-index -q --refresh',
    mayFilter: 'the other index knew the files',
  },
  {
    name: 'an index that is locked when the filter ends',
    run: 'printf "#!/bin/sh\\n: >.git/index.lock\\n" >.git/hooks/post-checkout; git checkout -q HEAD~1; cmp large $CONTENTS/large1; rm .git/index.lock .git/hooks/post-checkout; git annex restage',
    has: ONE,
    mayFilter: YOUNG,
  },
  {
    name: 'an object database of SHA-256',
    run: 'git init -q --object-format=sha256 ../o; cd ../o; git annex init -q; git config annex.largefiles largerthan=1kb; git config annex.smudge-inline-max 10kB; put small1 small; put large1 large; commit 1; put small2 small; put large2 large; commit 2; git checkout -q HEAD~1; git checkout -q main',
    in: '../o',
  },
])

testScenarios('repositories', [
  {
    name: 'git clone --ref-format=reftable',
    since: '2.45',
    run: `git clone -q --ref-format=reftable . ../t; cd ../t; git annex init -q; git annex get -q --all; ${TO_AND_FRO}; put small3 small; git commit -qam x; is "$(git annex find small)" small; git annex merge -q`,
    in: '../t',
    has: { small: 'small3', large: 'large2' },
    mayFilter: YOUNG,
  },
  {
    name: 'git worktree add',
    run: 'git worktree add -q ../w HEAD~1 2>/dev/null',
    in: '../w',
    has: ONE,
    mayFilter: YOUNG,
  },
  {
    name: 'git worktree add, changes in both',
    run: `git worktree add -q ../w side; put small3 small; git commit -qam x; cd ../w; put large3 large; git commit -qam y; git checkout -q HEAD~1; git checkout -q side`,
    in: '../w',
    has: { small: 'small1', large: 'large3', 'side-large': 'large6' },
    mayFilter: YOUNG,
  },
  {
    name: 'git worktree move and remove',
    run: 'git worktree add -q ../w side; git worktree move ../w ../v; git -C ../v checkout -q HEAD~1; git worktree remove ../v',
  },
  {
    name: 'several work trees at once',
    run: 'for i in 1 2 3 4; do git worktree add -q ../w$i HEAD~1; done 2>/dev/null; for i in 1 2 3 4; do (cd ../w$i; git checkout -q --detach main; put small$((i + 3)) small; put large$((i + 3)) large; git add .; git commit -qm $i; git checkout -q --detach main; git checkout -q --detach HEAD@{1}) & done; wait; for i in 1 2 3 4; do is "$(git -C ../w$i status --porcelain)" ""; cmp ../w$i/large $CONTENTS/large$((i + 3)); cmp ../w$i/small $CONTENTS/small$((i + 3)); done',
  },
  {
    name: 'GIT_DIR and GIT_WORK_TREE from elsewhere',
    run: 'export GIT_DIR="$PWD/.git" GIT_WORK_TREE="$PWD"; cd /; git checkout -q HEAD~1; git add -A',
    has: ONE,
  },
  {
    name: 'a work tree below its .git, from a subdirectory',
    run: 'cd dir; git -C .. checkout -q HEAD~1; git checkout -q main -- ../small ../large; git commit -qm x',
  },
  {
    name: 'a separate git directory',
    run: 'git init -q --separate-git-dir ../g; git checkout -q HEAD~1; git checkout -q main',
  },
  {
    name: 'a submodule',
    run: 'git init -q ../super; cd ../super; git submodule --quiet add "$OLDPWD" sub 2>/dev/null; git commit -qm sub; cd sub; git annex init -q; git config annex.smudge-inline-max 10kB; git annex get -q .; cd ..; git clone -q . ../two; git -C sub fetch -q origin; git -C sub checkout -q HEAD~1; git -C sub annex get -q .; git commit -qam one; git checkout -q HEAD~1; git submodule --quiet update; is "$(git status --porcelain)" ""',
    in: '../super/sub',
    mayFilter: YOUNG,
  },
  {
    name: 'git submodule add into an annex',
    run: 'git clone -q . ../o; git submodule --quiet add ../o sub 2>/dev/null; git commit -qm sub; git checkout -q HEAD~1 2>/dev/null; git checkout -q main; git submodule --quiet update',
    mayFilter: YOUNG,
  },
  {
    name: 'git sparse-checkout',
    run: 'git sparse-checkout init --no-cone; git sparse-checkout set /dir/; [ ! -e large ]; [ ! -e small ]; git checkout -q HEAD~1 2>/dev/null; [ ! -e large ]; git checkout -q main; git sparse-checkout disable',
    mayFilter: YOUNG,
  },
  {
    name: 'git sparse-checkout, by directories',
    run: 'git sparse-checkout init --cone; [ ! -e dir ]; git sparse-checkout set dir; cmp dir/small $CONTENTS/small5',
    has: { 'dir/large': 'large5', small: 'small2', large: 'large2' },
  },
  {
    name: 'git sparse-checkout with a sparse index',
    run: 'git sparse-checkout init --cone --sparse-index; [ ! -e dir ]; git checkout -q HEAD~1; git checkout -q main; ls .git/index >/dev/null',
    since: '2.35',
  },
  {
    name: 'git sparse-checkout, drop and get',
    run: 'git sparse-checkout init --cone; git annex drop -q --force small; is "$(git status --porcelain)" ""; git sparse-checkout disable; cmp dir/small $CONTENTS/small5; is "$(git status --porcelain)" ""; cp -p $CONTENTS/small2 small; git add small',
    mayFilter: YOUNG,
  },
  {
    name: 'a partial clone',
    run: 'git config uploadpack.allowFilter true; git clone -q --filter=blob:none "file://$PWD" ../p; cd ../p; git annex init -q; git config annex.smudge-inline-max 10kB; git annex get -q .; git checkout -q HEAD~1; git annex get -q .; git checkout -q main',
    in: '../p',
    mayFilter: YOUNG,
  },
  {
    name: 'a shallow clone',
    run: 'git clone -q --depth 1 --no-single-branch "file://$PWD" ../p; cd ../p; git annex init -q; git annex get -q .; rm small large; git checkout -q -- .',
    in: '../p',
    mayFilter: YOUNG,
  },
  {
    name: 'a bare repository, and a work tree for it',
    run: 'git clone -q --bare . ../b; git -C ../b annex init -q; git remote add b ../b; git fetch -q b; git annex copy -q --to b . ; git config --get-regexp ^filter | while read -r name value; do git -C ../b config $name "$value"; done; echo "* filter=annex" >../b/info/attributes; git -C ../b config annex.smudge-inline-max 10kB; git -C ../b archive main large | tar -xO >../l; cmp ../l $CONTENTS/large2; mkdir ../w; git -C ../b --work-tree="$PWD/../w" checkout -q -f main; cmp ../w/small $CONTENTS/small2; cmp ../w/large $CONTENTS/large2',
  },
  {
    name: 'git push into a checked out branch',
    run: 'git clone -q . ../o; cd ../o; git annex init -q; git config annex.smudge-inline-max 10kB; git config receive.denyCurrentBranch updateInstead; git annex get -q .; cd "$OLDPWD"; git remote add o ../o; git fetch -q o; put small3 small; git commit -qam x; git annex copy -q --to o small; git push -q o main',
    in: '../o',
    has: { small: 'small3', large: 'large2' },
    mayFilter: YOUNG,
  },
])

testScenarios(
  'readers',
  [
    {
      name: 'git archive',
      run: 'git archive HEAD small large | tar -x -C ..; cmp ../small small; cmp ../large large',
    },
    {
      name: 'git archive of a commit',
      run: 'git archive HEAD~1 large | tar -xO >../l; cmp ../l $CONTENTS/large1',
    },
    {
      name: 'git archive of a directory',
      run: 'git archive HEAD:dir | tar -x -C ..; cmp ../small $CONTENTS/small5; cmp ../large $CONTENTS/large5',
    },
    {
      name: 'git archive --format=zip',
      run: 'git archive --format=zip -o ../z.zip HEAD; test "$(wc -c <../z.zip)" -gt 40000',
    },
    {
      name: 'git diff',
      run: `${CHANGE}; git diff --stat | grep -q large; git diff | grep -q /annex/objects; git checkout .`,
    },
    {
      name: 'git diff between commits',
      run: 'git diff --quiet; ! git diff --quiet HEAD~1; is "$(git diff --numstat HEAD~1 -- large)" "$(printf "1\\t1\\tlarge")"',
    },
    {
      name: 'git diff --cached',
      run: `${CHANGE}; git add .; git diff --cached --stat | grep -q large; git reset -q --hard`,
    },
    {
      name: 'git diff with an external program',
      run: 'printf "#!/bin/sh\\ncmp -s \\"\\$2\\" \\"$CONTENTS/large1\\" && cmp -s \\"\\$5\\" \\"$CONTENTS/large2\\" && echo right\\n" >../e; chmod +x ../e; is "$(GIT_EXTERNAL_DIFF=$PWD/../e git diff HEAD~1 -- large)" right',
    },
    {
      name: 'git difftool',
      run: 'printf "#!/bin/sh\\ncmp -s \\"\\$1\\" \\"$CONTENTS/large1\\" && cmp -s \\"\\$2\\" \\"$CONTENTS/large2\\" && echo right >../said\\n" >../e; chmod +x ../e; git difftool -y -x ../e HEAD~1 -- large; is "$(cat ../said)" right',
    },
    {
      name: 'git log -p',
      run: 'git log -p | grep -c "^+/annex/objects" >../n; is "$(cat ../n)" 6',
    },
    {
      name: 'git show',
      run: 'git show --stat HEAD >/dev/null; git show HEAD:large | grep -q "^/annex/objects/"',
    },
    {
      name: 'git blame',
      run: 'git blame large | grep -q /annex/objects/; git blame small | grep -q /annex/objects/; git blame text | grep -q "line 8"',
    },
    {
      name: 'git grep',
      run: 'is "$(git grep -l "line 8")" text; is "$(git grep -l /annex/objects HEAD~1 | wc -l | tr -d " ")" 4; git grep -q "line 8" HEAD~1',
    },
    {
      name: 'git cat-file --filters',
      run: 'git cat-file --filters HEAD:large | cmp - large; git cat-file --filters HEAD~1:small | cmp - $CONTENTS/small1',
    },
    {
      name: 'git hash-object',
      run: 'is "$(git hash-object large)" "$(git rev-parse HEAD:large)"; is "$(git hash-object --no-filters large)" "$(git hash-object --stdin <large)"',
    },
    {
      name: 'git bundle',
      run: 'git bundle create -q ../b.bundle main 2>/dev/null; git clone -q ../b.bundle ../o -b main; is "$(git -C ../o rev-parse main)" "$(git rev-parse main)"',
    },
    {
      name: 'git gc and git fsck',
      run: 'git gc -q; git fsck --no-progress 2>/dev/null; git annex fsck -q',
    },
    {
      name: 'git describe --dirty and git diff-index',
      run: 'git tag v; is "$(git describe --tags --dirty)" v; git diff-index --quiet HEAD; git diff-files --quiet',
    },
  ],
  OWN_GIT,
)
