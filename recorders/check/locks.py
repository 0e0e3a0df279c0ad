"""Transfers that take two locks in one order or, with `crossed`, in both: they deadlock, and the process is given up."""
import os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor

first = threading.Lock()
second = threading.Lock()
connections = threading.Semaphore(2)
pool = ThreadPoolExecutor(4, thread_name_prefix="transfers")

def transfer(one, other):
    time.sleep(0.05)
    with connections, one:
        time.sleep(0.1)
        with other:
            time.sleep(0.05)

def back(one, other):
    transfer(one, other)

threading.Thread(target=lambda: (time.sleep(3), os._exit(0)), daemon=True).start()
futures = [pool.submit(transfer, first, second)]
futures.append(pool.submit(back, second, first) if sys.argv[1] == "crossed" else pool.submit(transfer, first, second))
futures.append(pool.submit(transfer, first, second))
for future in futures:
    future.result()
