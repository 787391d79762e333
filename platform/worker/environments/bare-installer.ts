/**
 * Where a host has Python and no pip at all: puts pinned wheels of plain Python from a directory into the environment
 * whose interpreter runs it. Arguments: the directory, the requirements file. Dependencies of them are not followed, but
 * refused. Run as `python -I -c`.
 */
export const BARE_INSTALLER = `
import compileall, os, re, sys, sysconfig, zipfile

source, wanted = sys.argv[1:]
site = sysconfig.get_path('purelib')

def plain(name):
    return re.sub('[-_.]+', '-', name).lower()

def wheel_of(name, version):
    for file in sorted(os.listdir(source)):
        parts = file.split('-')
        if file.endswith('-none-any.whl') and plain(parts[0]) == plain(name) and parts[1] == version:
            return os.path.join(source, file)

for line in open(wanted, encoding='utf-8'):
    line = re.sub('(^|\\\\s)#.*', '', line).strip()
    if not line:
        continue
    pin = re.fullmatch('([A-Za-z0-9._-]+)\\\\s*==\\\\s*([A-Za-z0-9._+!-]+)', line)
    if not pin:
        sys.exit('ERROR: %s: without pip or uv on this host, only name==version can be installed' % line)
    path = wheel_of(*pin.groups())
    if not path:
        sys.exit('ERROR: No matching distribution found for %s among the plain wheels of %s' % (line, source))
    with zipfile.ZipFile(path) as wheel:
        about = next(name for name in wheel.namelist() if name.endswith('.dist-info/METADATA'))
        if re.search('(?m)^Requires-Dist: [^;]+$', wheel.read(about).decode()):
            sys.exit('ERROR: %s needs other packages: install pip or uv on this host' % line)
        wheel.extractall(site)
    print('Installed', line)
compileall.compile_dir(site, quiet=1)
`;
