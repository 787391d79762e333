/**
 * For a host with Python but without pip: installs pinned pure-Python wheels from a directory into
 * the environment whose interpreter runs it. Arguments: the directory, the requirements file. A
 * wheel with dependencies is rejected. Run as `python -I -c`.
 */
export const BARE_INSTALLER = `
import compileall, os, re, sys, sysconfig, zipfile

source, requirements = sys.argv[1:]
site = sysconfig.get_path('purelib')

def normalized(name):
    return re.sub('[-_.]+', '-', name).lower()

def wheel_of(name, version):
    for file in sorted(os.listdir(source)):
        parts = file.split('-')
        if file.endswith('-none-any.whl') and normalized(parts[0]) == normalized(name) and parts[1] == version:
            return os.path.join(source, file)

for line in open(requirements, encoding='utf-8'):
    line = re.sub('(^|\\\\s)#.*', '', line).strip()
    if not line:
        continue
    pin = re.fullmatch('([A-Za-z0-9._-]+)\\\\s*==\\\\s*([A-Za-z0-9._+!-]+)', line)
    if not pin:
        sys.exit('ERROR: %s: without pip or uv on this host, only name==version can be installed' % line)
    path = wheel_of(*pin.groups())
    if not path:
        sys.exit('ERROR: No matching distribution found for %s among the pure-Python wheels of %s' % (line, source))
    with zipfile.ZipFile(path) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith('.dist-info/METADATA'))
        if re.search('(?m)^Requires-Dist: [^;]+$', wheel.read(metadata).decode()):
            sys.exit('ERROR: %s needs other packages: install pip or uv on this host' % line)
        wheel.extractall(site)
    print('Installed', line)
compileall.compile_dir(site, quiet=1)
`;
