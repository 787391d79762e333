# Reads the number in each rule's file ten times a second and posts {from, to} for each increment to that rule only.
# Stores the last posted number next to the file, so that a restart continues from there, and appends the name of its
# process and the time of every read: pids may repeat where each process has a namespace. The word `crash` in the file
# makes it exit with 3, once. After SIGTERM it ends when what it has posted is stored.
import http.client
import json
import os
import signal
import sys
import time
import urllib.parse

api = urllib.parse.urlsplit(os.environ['ATTUNE_API_URL']).netloc
headers = {'Authorization': 'Bearer ' + os.environ['ATTUNE_API_TOKEN'], 'Content-Type': 'application/json'}
trigger = os.environ['ATTUNE_SENSOR_REF'].split('.')[0] + '.counted'
process = os.urandom(6).hex()
rules = json.loads(os.environ['ATTUNE_SENSOR_TRIGGERS'])
stopping = False


def stop(*_):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)


def read(path, default):
    try:
        with open(path) as file:
            return file.read().strip() or default
    except FileNotFoundError:
        return default


def post_event(rule, event):
    body = {'trigger_ref': trigger, 'trigger_instance_id': f"rule_{rule['id']}", 'payload': event}
    connection = http.client.HTTPConnection(api, timeout=10)
    connection.request('POST', '/api/v1/events', json.dumps(body), headers)
    response = connection.getresponse()
    if response.status != 201:
        sys.exit(f'posting the event failed with {response.status}: {response.read()}')


print('polling', len(rules), flush=True)
while not stopping:
    for rule in rules:
        path = rule['config']['file']
        with open(path + '.reads', 'a') as reads:
            reads.write(f'{process} {time.time_ns() // 1000}\n')
        word = read(path, '0')
        if word == 'crash':
            if not os.path.exists(path + '.crashed'):
                open(path + '.crashed', 'w').close()
                sys.exit(3)
            continue
        last = int(read(path + '.posted', '0'))
        for n in range(last, int(word)):
            if stopping:
                break
            post_event(rule, {'from': n, 'to': n + 1})
            with open(path + '.posted', 'w') as posted:
                posted.write(str(n + 1))
    time.sleep(0.1)
