"""Starts LocalStack as it is, but for two things.

It listens to this machine alone: its server takes no heed of the address that GATEWAY_LISTEN names. And it registers
functions without Docker, also with a runtime that is newer than this release, so that what calls them can be deployed
and read back. None of them runs: an invocation fails, and says so.
"""

import functools
import os

from localstack.runtime.main import main
from localstack.services.lambda_ import runtimes
from localstack.services.lambda_.invocation.docker_runtime_executor import DockerRuntimeExecutor
from twisted.internet import endpoints

RUNTIME = "nodejs24.x"

if RUNTIME not in runtimes.ALL_RUNTIMES:
    runtimes.ALL_RUNTIMES.append(RUNTIME)
    runtimes.IMAGE_MAPPING[RUNTIME] = "nodejs:24"

# It would fetch an image and what starts a function in it.
DockerRuntimeExecutor.prepare_version = classmethod(lambda _, function_version: None)

endpoints.TCP4ServerEndpoint = functools.partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")

# java.sh ends with it.
os.environ["MILLRACE_LOCALSTACK_PID"] = str(os.getpid())

main()
