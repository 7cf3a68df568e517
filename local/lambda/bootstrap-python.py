"""Runs one Python function in one process, as Lambda's own runtime does: loads the handler, then answers the
invocations that arrive on descriptor 3, one at a time. The frames are described in sandbox-protocol.ts."""
import importlib
import json
import logging
import os
import queue
import resource
import socket
import sys
import threading
import time
import traceback

channel = socket.socket(fileno=3)
incoming = channel.makefile("rb")
current_id = None


def send(header, body=""):
    data = body.encode("utf-8")
    header["length"] = len(data)
    channel.sendall(json.dumps(header).encode("utf-8") + b"\n" + data)


def describe_error(error):
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": current_id or "",
        "stackTrace": traceback.format_tb(error.__traceback__)[1:],
    }


class Context:
    """What Lambda gives a Python handler as its second argument."""

    def __init__(self, header):
        self.aws_request_id = header["id"]
        self.invoked_function_arn = header["functionArn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._deadline = header["deadline"]

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline - time.time() * 1000))


class LambdaFormatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        record.aws_request_id = current_id or ""
        return super().format(record)


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        LambdaFormatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
        )
    )
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.WARNING)


def problem(kind, message):
    return {"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": []}


def load_handler():
    """The handler, or what Lambda says when there is none."""
    name = os.environ["_HANDLER"]
    if "." not in name:
        return None, problem("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack" % name)
    module_name, function_name = name.rsplit(".", 1)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        return None, problem("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        return None, problem("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error))
    except Exception as error:
        return None, describe_error(error)
    if not hasattr(module, function_name):
        text = "Handler '%s' missing on module '%s'" % (function_name, module_name)
        return None, problem("Runtime.HandlerNotFound", text)
    return getattr(module, function_name), None


def read_frames(frames):
    while True:
        line = incoming.readline()
        if not line:
            # The parent has ended (or was killed): nobody is left to answer.
            os._exit(0)
        header = json.loads(line)
        frames.put((header, incoming.read(header["length"])))


def run(handler, header, body):
    try:
        result = handler(json.loads(body), Context(header))
    except Exception as error:
        described = describe_error(error)
        print("[ERROR] %s: %s\n%s" % (described["errorType"], error, "".join(described["stackTrace"])))
        return "error", json.dumps(described)
    try:
        return "result", json.dumps(result, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        text = "Unable to marshal response: %s" % error
        print("[ERROR] Runtime.MarshalError: " + text)
        return "error", json.dumps(problem("Runtime.MarshalError", text))


def main():
    global current_id
    root = os.environ["LAMBDA_TASK_ROOT"]
    os.chdir(root)
    sys.path[0] = root
    set_up_logging()
    handler, init_error = load_handler()
    if init_error is not None:
        print("[ERROR] %s: %s" % (init_error["errorType"], init_error["errorMessage"]), flush=True)
        send({"kind": "init-error", "ending": True}, json.dumps(init_error))
        os._exit(1)
    frames = queue.SimpleQueue()
    threading.Thread(target=read_frames, args=(frames,), daemon=True).start()
    send({"kind": "ready"})
    while True:
        header, body = frames.get()
        current_id = header["id"]
        kind, answer = run(handler, header, body)
        if len(answer.encode("utf-8")) > header["responseLimit"]:
            kind = "error"
            text = "Response payload size exceeded maximum allowed payload size (%d bytes)." % header["responseLimit"]
            answer = json.dumps({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text})
        sys.stdout.flush()
        sys.stderr.flush()
        # What the function has printed is in the pipe before this mark, so the parent knows when it has all of it.
        os.write(1, b"\0end " + header["id"].encode("ascii") + b"\n")
        # The kernel counts the resident peak in KiB on Linux and in bytes on macOS.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = peak // 1024 if sys.platform == "darwin" else peak
        send({"kind": kind, "id": header["id"], "memory": memory}, answer)


main()
