"""Serve a GGUF model as an OpenAI-compatible endpoint: ``python serve.py MODEL.gguf PORT``."""

import os
import sys
import time

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(sys.argv[2])
parameters.n_ctx = 8192
parameters.n_parallel = 1
parameters.cpuparams.n_threads = os.cpu_count() or 1
server = xllamacpp.Server(parameters)
print("listening on", server.listening_address, flush=True)
while os.getppid() != 1:  # ends with the process that started it
    time.sleep(1)
