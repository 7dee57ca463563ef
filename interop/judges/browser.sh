# The web console in Debian's Chromium, against npm start.
source interop/lib.sh

# Installed where that is possible without asking anybody; CHROMIUM may name another one.
chromium=${CHROMIUM:-/usr/bin/chromium}
if [[ ! -x $chromium ]]; then
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null ||
    die 'there is no Chromium: install it (Debian: apt-get install chromium), or name its program in CHROMIUM'
  apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends chromium
fi
run_jest browser --config interop/browser/jest.config.cjs
