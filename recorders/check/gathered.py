"""Coroutines that wait for threads, gathered and one by one."""
import asyncio, time
async def child(n):
    await asyncio.sleep(0.1)
    return await asyncio.to_thread(time.sleep, 0.1)
async def main():
    await asyncio.gather(*(child(n) for n in range(4)))
    task = asyncio.create_task(child(9))
    await task
asyncio.run(main())
