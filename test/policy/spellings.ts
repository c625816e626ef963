/**
 * Command lines that run `probe` although a pattern is denied, each by another spelling of the command in the pattern.
 * The test runs them in a folder with a `package.json`, a `Makefile` and a plugin for docker that run `probe`.
 */
export const OTHER_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  '^git probe( |$)': [
    'git -C . probe',
    'git --no-pager probe',
    'git -c color.ui=never probe',
    'git -C . -c color.ui=never --no-pager probe y',
    'git --git-dir=x --work-tree . probe',
    'env git -C . probe',
    '"$(true)"; git "-C" . pro\\be',
    'sh -c "git -p probe"',
    'echo y | xargs git --no-pager probe',
    'find . -maxdepth 0 -exec git -C {} probe \\;',
    '/usr/bin/git -C . probe',
    'git-probe y',
    '"$PROBE_BIN"/../bin/git-probe',
    'x=obe; git pr"$x"',
    'x=probe; git -C . "$x"',
    'echo probe | xargs git -C .',
  ],
  '^git add( |$)': [
    'git init -q; git config filter.x.clean probe; echo "f filter=x" > .gitattributes; echo > f; git stage f',
    'git init -q; git config filter.x.clean probe; echo "f filter=x" > .gitattributes; echo > f; git -C . stage f',
  ],
  '^npm publish( |$)': [
    'npm pub --dry-run --registry=http://127.0.0.1:1 --fetch-retries=0',
    'npm --silent publish --dry-run --registry=http://127.0.0.1:1 --fetch-retries=0',
    'npm --prefix . publish --dry-run --registry=http://127.0.0.1:1 --fetch-retries=0',
  ],
  '^npm (run probe|test|pack)( |$)': [
    'npm --prefix=. run probe',
    'npm -- run probe',
    'npm run -s probe',
    'npm run --if-present -- probe',
    'npm run-script probe',
    'npm -s rum -s probe',
    'npm runScript probe',
    'npm run-scr probe',
    'npm --yes true run probe',
    'npm t',
    'npm --silent tst',
    'npm tes',
    'npm -s pac',
  ],
  '^npx probe( |$)': [
    'mkdir -p node_modules/.bin; cp "$PROBE_BIN/probe" node_modules/.bin; npx --yes probe',
    'mkdir -p node_modules/.bin; cp "$PROBE_BIN/probe" node_modules/.bin; npx --offline -- probe',
  ],
  '^make probe( |$)': [
    'make -s probe',
    'make -C . probe',
    'make -C. -j 2 probe',
    'make X=1 probe',
    'make --no-print-directory -f Makefile X=1 probe',
  ],
  '^docker probe( |$)': [
    'docker --debug probe',
    'docker -l info probe',
    'docker --log-level=info -D probe y',
  ],
  '^(nice|timeout 5|env) probe( |$)': [
    'nice -n 5 probe',
    'timeout -k 1 5 probe',
    'env -u X probe',
    'env -u X -- probe',
  ],
  '^bash probe\\.sh( |$)': [
    'echo probe > probe.sh; bash -e probe.sh',
    'echo probe > probe.sh; bash --norc +x -- probe.sh',
  ],
  '^node probe\\.js( |$)': [
    `echo 'require("child_process").execSync("probe")' > probe.js; node --no-warnings probe.js`,
    `echo 'require("child_process").execSync("probe")' > probe.js; node --title x probe.js`,
  ],
};

/** The same with programs, or effects, that are not at hand everywhere. */
export const OTHER_SPELLINGS_UNTRIED: Readonly<Record<string, readonly string[]>> = {
  '^git push( |$)': [
    'git.exe -C . push',
    '"C:\\\\Git\\\\git.exe" push',
    '/usr/lib/git-core/git-push origin main',
  ],
  '^git (init|fsck)( |$)': ['git init-db', 'git -C . fsck-objects'],
  '^git remote remove( |$)': ['git remote rm x', 'git -C . remote -v rm x'],
  '^git notes remove( |$)': ['git notes --ref x remove y'],
  '^npm install( |$)': ['npm i x', 'npm add x', 'npm -g isntall x', 'npm.cmd install x', 'npm insta'],
  '^npm (cache clean|config set)( |$)': ['npm cache --force clean', 'npm --silent c --global set x y'],
  '^yarn npm publish( |$)': ['yarn --silent npm --access public publish'],
  '^npm exec( |$)': ['npm x -- y', 'npm --silent exe y'],
  '^npm st(art|op)( |$)': ['npm st'],
  '^pnpm publish( |$)': [
    'pnpm -r publish',
    'pnpm --filter x publish',
    'pnpm recursive publish',
    'pnpm --registry x publish',
  ],
  '^pnpm (remove|test|run x)( |$)': [
    'pnpm rm x',
    'pnpm -r un x',
    'pnpm t',
    'pnpm run --what x',
    'pnpm -s run-script x',
  ],
  '^yarn publish( |$)': [
    'yarn --silent publish',
    'yarn --cwd x publish',
    'yarn ./x publish',
    'yarn workspace x publish',
    'yarn workspaces foreach -A publish',
  ],
  '^yarn run x( |$)': ['yarn run --silent x', 'yarn --silent run --inspect x'],
  '^bun (publish|install|run x)( |$)': ['bun --cwd x publish', 'bun --silent i', 'bun run --bun x'],
  '^deno (publish|task x)( |$)': ['deno -q publish', 'deno -q task x'],
  '^uv publish( |$)': ['uv --quiet publish', 'uv --directory x publish'],
  '^uv pip install( |$)': ['uv --offline pip --color never install x'],
  '^poetry publish( |$)': ['poetry -C x publish', 'poetry --what x publish'],
  '^bundle exec( |$)': ['bundle --no-color e true'],
  '^cargo (publish|run|build)( |$)': [
    'cargo +nightly publish',
    'cargo --quiet publish',
    'cargo -Z x --config y publish',
    'cargo b',
    'cargo +stable r',
  ],
  '^docker push( |$)': [
    'docker --context x push y',
    'docker -H tcp://x --tls push y',
    'docker.exe -D push y',
  ],
  '^docker compose down( |$)': [
    'docker compose -f x down',
    'docker compose --profile x --file=y down -v',
    'docker -c x compose -p "$name" down',
  ],
  '^docker-compose down( |$)': ['docker-compose -f x down'],
  '^kubectl delete( |$)': ['kubectl -n x delete pod y', 'kubectl --context=x -n "$y" delete pod z'],
  '^kubectl config delete-context( |$)': ['kubectl config --kubeconfig x delete-context y'],
  '^helm uninstall( |$)': ['helm -n x uninstall y', 'helm --namespace x del y'],
  '^terraform destroy( |$)': ['terraform -chdir=x destroy'],
  '^aws s3( |$)': ['aws --profile x s3 rm y'],
  '^gh repo delete( |$)': ['gh repo --x y delete z'],
  '^systemctl stop( |$)': ['systemctl --user stop x', 'systemctl -H host --user stop x'],
  '^(pip3?|apt-get|brew) (install|uninstall)( |$)': [
    'pip -q install x',
    'apt-get -y -o a=b install x',
    'brew -v rm x',
  ],
  '^mvn deploy( |$)': ['mvn -q deploy', 'mvn -f x -DskipTests deploy'],
  '^gradle publish( |$)': ['gradle -q -Px=y publish'],
  '^python3? manage\\.py( |$)': ['python3 -u manage.py x', 'python -W ignore manage.py x'],
  '^sudo (rm|systemctl)( |$)': ['sudo -n rm x', 'sudo -u root systemctl stop x'],
};

/** Command lines that a denied pattern must not refuse, by the pattern. */
export const NOT_THE_SAME: Readonly<Record<string, readonly string[]>> = {
  '^git push( |$)': ['git -C push status', 'git commit -m push', 'git --no-pager log push', 'git stash push'],
  '^npm publish( |$)': ['npm --prefix publish test', 'npm run publish', 'npm view publish'],
  '^npm (?!test|ci|run )': ['npm test', 'npm ci', 'npm run build'],
  '^git (?!log|status)': ['git log', 'git status --short'],
  '^kubectl (?!get|describe)': ['kubectl get -o wide pods', 'kubectl describe -n x pod y'],
  '^docker push( |$)': ['docker run --name push x', 'docker compose push'],
  '^rm (?!-i )': ['rm -i x'],
  '^make clean( |$)': ['make -C . build', 'make build CC=clean'],
  '^cargo build( |$)': ['cargo +nightly test build', 'cargo bench'],
};

/** Command lines that an allowed pattern allows, by the pattern. */
export const ALSO_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  '^git log( |$)': [
    'git --no-pager log',
    'git -C dir log -1',
    'git -c core.pager=cat -p log',
    'git -C "$dir" log',
  ],
  '^git (add|submodule update)( |$)': ['git stage x', 'git -C x stage y', 'git submodule -q update'],
  '^npm test( |$)': ['npm t', 'npm --silent test', 'npm --prefix x tst', 'npm tes'],
  '^npm run build( |$)': ['npm run -s build', 'npm -s run-script --if-present build', 'npm rum build'],
  '^npm i( |$)': ['npm --silent i x'],
  '^pnpm (build|test|install)( |$)': ['pnpm -r build', 'pnpm --filter x t', 'pnpm i'],
  '^yarn build( |$)': ['yarn --cwd x build', 'yarn --silent build'],
};

/** Command lines that an allowed pattern does not allow, by the pattern. */
export const NOT_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  '^git log( |$)': [
    './git --no-pager log',
    'git -C log status',
    'git --what log',
    'git-log',
    'git -c core.pager=x log',
  ],
  '^npm test( |$)': ['npm --what test', 'npm --prefix test start', 'npm te', 'npm run test'],
  '^npm (test|star)( |$)': ['npm st'],
  '^npm run build( |$)': ['npm run true build', 'npm run -s true build'],
  '^pnpm test( |$)': ['pnpm --resume-from test build', 'pnpm --resume-from x test'],
  '^bun test( |$)': ['bun -e "1" test', 'bun --cwd x test'],
  '^cargo test( |$)': ['cargo +nightly test', 'cargo t'],
  '^docker ps( |$)': ['docker -H tcp://x ps'],
  '^kubectl get( |$)': ['kubectl --kubeconfig x get pods'],
  '^(sudo ls|ls)( |$)': ['sudo -u x ls'],
  '^(npx tsc|tsc)( |$)': ['npx -p x tsc'],
  '^bash x( |$)': ['bash -i x'],
};
