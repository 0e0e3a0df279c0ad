"""Builds of VMs that wait for a network task in the pool that they take themselves."""
import os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(5, thread_name_prefix="default")

def net():
    time.sleep(0.2)

def build():
    time.sleep(0.3)
    future = pool.submit(net)
    future.result()
    time.sleep(0.1)

threading.Thread(target=lambda: (time.sleep(4), os._exit(0)), daemon=True).start()
futures = [pool.submit(build) for _ in range(int(sys.argv[1]))]
for future in futures:
    future.result()
