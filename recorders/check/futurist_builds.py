"""Builds that wait for a network task in the executor of futurist that they take themselves: `CLASS BUILDS`."""
import sys

if sys.argv[1].startswith("Green"):
    import eventlet

    eventlet.monkey_patch()
import time

import futurist

pool = getattr(futurist, sys.argv[1])(max_workers=5)

def net():
    time.sleep(0.2)

def build():
    time.sleep(0.3)
    pool.submit(net).result()
    time.sleep(0.1)

for future in [pool.submit(build) for _ in range(int(sys.argv[2]))]:
    future.result()
