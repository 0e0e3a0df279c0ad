"""The workloads of `benches/` in SimPy, and M/M/8 in Ciw: seconds for a hundredth of the tasks, and events a second.

`./x bench peers` installs both from PyPI. Ciw knows queues, so it has no model of children or cancelled delays.
"""

import random
import sys
import time

import ciw
import simpy

WATCHES = 1000


def mm8(tasks):
    env, draw = simpy.Environment(), random.Random(1)
    pool = simpy.Resource(env, 8)
    done = [0]

    def job():
        with pool.request() as worker:
            yield worker
            yield env.timeout(draw.expovariate(1.0))
        done[0] += 1

    def arrivals():
        for _ in range(tasks):
            env.process(job())
            yield env.timeout(draw.expovariate(7.2))

    env.process(arrivals())
    env.run()
    return done[0], tasks, 2 * tasks


def parents(tasks):
    env, draw = simpy.Environment(), random.Random(1)
    pool, children = simpy.Resource(env, 64), simpy.Resource(env, 32)
    done = [0]

    def child():
        with children.request() as worker:
            yield worker
            yield env.timeout(draw.expovariate(10.0))

    def parent():
        with pool.request() as worker:
            yield worker
            yield env.timeout(draw.expovariate(10.0))
            yield env.process(child())
            yield env.timeout(draw.expovariate(10.0))
        done[0] += 1

    def arrivals():
        for _ in range(tasks // 5):
            env.process(parent())
            yield env.timeout(draw.expovariate(180.0))

    env.process(arrivals())
    env.run()
    return done[0], tasks // 5, 4 * (tasks // 5)


def delayed(tasks):
    env, draw = simpy.Environment(), random.Random(1)
    pool = simpy.Resource(env, 8)
    done = [0]

    def update():
        try:
            yield env.timeout(15.0)
        except simpy.Interrupt:
            return
        with pool.request() as worker:
            yield worker
            yield env.timeout(0.001)
        done[0] += 1

    def watch():
        for _ in range(tasks // WATCHES):
            task = env.process(update())
            begun = env.now
            yield env.timeout(draw.expovariate(1 / 6))
            if draw.random() < 0.9 and task.is_alive and env.now - begun < 15.0:
                task.interrupt()

    for _ in range(WATCHES):
        env.process(watch())
    env.run()
    return done[0], round(tasks * 0.1739), tasks * 21 // 10


def burst(tasks):
    env, draw = simpy.Environment(), random.Random(1)
    pool = simpy.Resource(env, 64)
    done = [0]

    def job():
        with pool.request() as worker:
            yield worker
            yield env.timeout(draw.expovariate(1.0))
        done[0] += 1

    for _ in range(tasks):
        env.process(job())
    env.run()
    return done[0], tasks, tasks


def ciw_mm8(tasks):
    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=7.2)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[8],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(tasks, method="Finish")
    return len(simulation.get_all_records()), tasks, 2 * tasks


def main():
    tasks = (int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000) // 100
    models = [("simpy", run) for run in (mm8, parents, delayed, burst)] + [("ciw", ciw_mm8)]
    for name, run in models:
        begun = time.process_time()
        did, expected, events = run(tasks)
        seconds = time.process_time() - begun
        assert abs(did / expected - 1) < 0.1, f"{name} did {did} tasks of {run.__name__}, not {expected}"
        workload = run.__name__.removeprefix("ciw_")
        print(f"{workload:<10} {name:<12} {seconds:>10.3f} {events / seconds / 1e6:>12.2f}   (a hundredth of the tasks)")


main()
