"""boto3 with 64 threads (or as many as requests are to be in flight), each with requests of its own one after the other.

Answers each line of JSON on standard input by one on standard output, as the other contenders do (contender.ts).
"""

import json
import sys
import threading
import time

import boto3
from botocore.config import Config

origins = json.loads(sys.argv[1])
settings = json.loads(sys.argv[2])
clients = {}


def client_of(origin, threads):
    if (origin, threads) not in clients:
        clients[(origin, threads)] = boto3.client(
            "s3",
            endpoint_url=origin,
            region_name=settings["region"],
            aws_access_key_id=settings["credentials"]["accessKeyId"],
            aws_secret_access_key=settings["credentials"]["secretAccessKey"],
            aws_session_token=settings["credentials"]["sessionToken"],
            verify=settings.get("certificate") or None,
            config=Config(max_pool_connections=threads, s3={"addressing_style": "path"}),
        )
    return clients[(origin, threads)]


def key_of(n):
    return f"photos/2026/folder-{n % 100}/object-{n}.jpg"


def send(client, kind, n):
    bucket, key = settings["bucket"], key_of(n)
    if kind == "tag":
        client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": settings["tags"]})
    elif kind == "copy":
        target = f"{settings['targetPrefix']}/{key}"
        client.copy_object(Bucket=settings["targetBucket"], Key=target, CopySource={"Bucket": bucket, "Key": key})
    elif kind == "delete":
        client.delete_object(Bucket=bucket, Key=key)
    else:
        batch = settings["batch"]
        objects = [{"Key": key_of(n * batch + i)} for i in range(batch)]
        client.delete_objects(Bucket=bucket, Delete={"Objects": objects})


def carry_out(scenario, seconds):
    kind, threads = scenario["kind"], scenario["concurrency"]
    client = client_of(origins["https" if scenario["tls"] else "http"], threads)
    began, cpu = time.monotonic(), time.process_time()
    counts = [0] * threads
    faults = []

    def loop(thread):
        try:
            while time.monotonic() < began + seconds:
                send(client, kind, counts[thread] * threads + thread)
                counts[thread] += 1
        except Exception as error:  # shown by whoever asked
            faults.append(error)

    workers = [threading.Thread(target=loop, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if faults:
        raise faults[0]
    requests = sum(counts)
    return {
        "tasks": requests * settings["batch"] if kind == "delete-batched" else requests,
        "requests": requests,
        "seconds": time.monotonic() - began,
        "cpuSeconds": time.process_time() - cpu,
    }


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(carry_out(question["scenario"], question["seconds"])), flush=True)
