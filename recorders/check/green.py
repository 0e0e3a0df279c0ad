"""Builds that wait for a network task in a green pool of Eventlet: `FILE BUILDS`."""
import eventlet

eventlet.monkey_patch()
import sys
import time

import threadbare_recorder

threadbare_recorder.start(sys.argv[1])
pool = eventlet.GreenPool(10)

def net():
    time.sleep(0.2)

def build():
    time.sleep(0.3)
    pool.spawn(net).wait()
    time.sleep(0.1)

for thread in [pool.spawn(build) for _ in range(int(sys.argv[2]))]:
    thread.wait()
