"""Stacks of all CPUs and tasks as JSON: `drgn -q -c VMCORE -s VMLINUX bench/drgn-stacks.py`."""
import json
from drgn.helpers.linux import *
def told(frame):
    try:
        source = "%s:%d:%d" % frame.source()
    except LookupError:
        source = None
    return [hex(frame.pc), frame.name, bool(frame.is_inline), source]
def stack(task):
    try:
        return [told(frame) for frame in prog.stack_trace(task)]
    except Exception as error:
        return str(error)
print(json.dumps({
    "cpus": {cpu: stack(cpu_curr(prog, cpu)) for cpu in for_each_possible_cpu(prog)},
    "tasks": {task.pid.value_(): stack(task) for task in for_each_task(prog)},
}))
