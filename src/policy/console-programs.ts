/** A pattern of the programs in a list. Versions may follow, as in `python3.12`. */
function programs(list: string): RegExp {
  return new RegExp(`^(${list.trim().split(/\s+/).join('|')})[\\d.]*$`);
}

/** Programs that run commands from their input, whatever their arguments are, if only after `!` or `\!`. */
export const CONSOLES: readonly RegExp[] = [
  // Editors, and programs that open one.
  programs(
    `ed red ex vi vim view nvi nvim vimdiff rvim rview vimtutor evim eview gvim gview gvimdiff rgvim rgview neovide
    elvis vile vis emacs emacsclient xemacs mg jove zile nano pico joe jmacs jpico jstar rjoe jed ne micro kak hx helix
    editor sensible-editor visudo vipw vigr sudoedit git tig lazygit gitui`,
  ),
  // Pagers, browsers, and file and mail programs.
  programs(
    `less zless bzless xzless zstdless more zmore bzmore xzmore most pg pager sensible-pager bat batcat delta man
    perldoc pydoc ri journalctl systemctl lynx w3m links elinks mc ranger nnn lf vifm mutt neomutt mail mailx
    s-nail alpine tin k9s lazydocker`,
  ),
  // Other machines and users.
  programs(
    `ssh slogin mosh autossh dbclient plink rsh rlogin telnet ftp tnftp ncftp sftp lftp smbclient rpcclient cadaver cu tip
    minicom picocom su sudo doas pkexec machinectl newgrp sg login expect`,
  ),
  programs(
    `psql pgcli mysql mysqlsh mariadb mycli sqlite sqlite3 litecli duckdb usql sqlplus sqlcmd mongo mongosh beeline
    impala-shell`,
  ),
  programs(
    `([\\w.-]+-)?gdb(-[\\w-]+)? gdbtui cgdb rr csharp gforth lldb rust-lldb jdb dlv rdbg pdb ipdb pudb irb pry ghci jshell iex erl gnuplot octave
    octave-cli dc tclsh wish ipython bpython ptpython maxima gp sage gap matlab scilab amm groovysh spark-shell
    pyspark utop sml poly coqtop evcxr docker-compose`,
  ),
];

/** Programs that do so if they have no script. */
export const INTERPRETERS = programs(
  `python pypy node nodejs deno bun tsx ts-node ruby perl raku php lua luajit r rscript julia scala scala-cli clojure clj
  bb groovy guile racket sbcl clisp swipl prolog ocaml elixir awk gawk mawk nawk m4 dart kotlinc? swift osascript bc hy
  janet`,
);

/** Programs that run another one in a container or on another machine. */
export const CONTAINERS = programs(
  `docker podman nerdctl ctr crictl kubectl oc lxc incus vagrant wsl adb distrobox toolbox multipass limactl lima colima`,
);

/** Commands that start a shell, a console or an editor. Without options, as the policy spells them. */
export const CONSOLE_COMMANDS: readonly RegExp[] = [
  /^(npm|pip3?) config edit( |$)/,
  /^npm edit( |$)/,
  /^sbt( -\S+)*$/,
  /^sbt .*\b(shell|console\w*)\b/,
  /^(yarn node|(bun|deno|nix) repl)( |$)/,
  /^(stack (ghci|repl)|cabal repl|flask (.* )?shell|django-admin (.* )?(db)?shell|jupyter (console|qtconsole))( |$)/,
  /^ghc (.* )?--interactive( |$)/,
  /^mvnw? (.* )?jshell:run( |$)/,
  // They start a prompt after their script.
  /^sbcl(?!.* --(script|non-interactive|version)( |$))/,
  /^swipl(?!.* (-t|--toplevel=|-c|--version)( |$|\w))/,
  /^(bundle console|rails (c|console|db|dbconsole))( |$)/,
  /^(lein repl|cargo evcxr|dotnet (fsi|repl))( |$)/,
  /^heroku (run|ps:exec|pg:psql|redis:cli)([ :]|$)/,
  /^((fly|flyctl|minikube|eb) ssh|(fly|flyctl) (console|postgres|machine)|gh (codespace|cs) ssh)( |$)/,
  /^(gcloud (compute|app instances|cloud-shell) ssh|aws (ssm start-session|ecs execute-command)|az ssh)( |$)/,
  /^(hg|sl|svn|jj|bzr) (commit|ci|amend|describe|desc|histedit|split|propedit)( |$)/,
  /^virsh (edit|console)( |$)/,
];
