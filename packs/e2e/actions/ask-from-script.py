# POSTs an inquiry on its own execution, to be waited for, with the credential of this execution only, and ends. Prints
# the answer's status and the inquiry's id. Parameters: one line of JSON (key, ledger, prompt, response_schema).
import http.client
import json
import os
import sys
import time
import urllib.parse

given = json.loads(sys.stdin.readline())
execution = int(os.environ['ATTUNE_EXEC_ID'])


def sign(event):
    with open(given['ledger'], 'a') as ledger:
        ledger.write(f"{given['key']} {event} {execution} {os.getpid()} {time.time_ns() // 1000}\n")


sign('start')
question = {'execution': execution, 'prompt': given['prompt'], 'response_schema': given['response_schema'], 'wait': True}
headers = {'Authorization': 'Bearer ' + os.environ['ATTUNE_API_TOKEN'], 'Content-Type': 'application/json'}
api = http.client.HTTPConnection(urllib.parse.urlsplit(os.environ['ATTUNE_API_URL']).netloc, timeout=10)
api.request('POST', '/api/v1/inquiries', json.dumps(question), headers)
answer = api.getresponse()
said = json.load(answer)
sign('end')
print(json.dumps({'status': answer.status, 'asked': said.get('data', {}).get('id')}))
sys.exit(0 if answer.status == 201 else 1)
