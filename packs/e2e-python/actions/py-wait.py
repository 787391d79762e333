# Prints `out` and leaves it unflushed, writes a beat to the ledger, and sleeps 30 s.
import json
import os
import sys
import time

params = json.load(sys.stdin)
print(params['out'])
with open(params['ledger'], 'a') as ledger:
    now_us = time.time_ns() // 1000
    ledger.write('%s beat %s %d %d\n' % (params['key'], os.environ['ATTUNE_EXEC_ID'], os.getpid(), now_us))
time.sleep(30)
