"""Builds whose network tasks have a pool of their own."""
import time
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(5, thread_name_prefix="default")
net_pool = ThreadPoolExecutor(2, thread_name_prefix="net")
def net(): time.sleep(0.2)
def build():
    time.sleep(0.2)
    future = net_pool.submit(net)
    time.sleep(0.1)
    future.result()
    time.sleep(0.1)
futures = [pool.submit(build) for _ in range(8)]
for future in futures: future.result()
