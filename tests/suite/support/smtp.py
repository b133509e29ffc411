"""A real SMTP server (aiosmtpd): writes each message into a file of the folder given, and takes none while a file named
"refuse" lies there. Says its port on standard output, and ends with its standard input."""
import os
import sys

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        if os.path.exists(os.path.join(self.folder, "refuse")):
            return "451 Try again later"
        self.count += 1
        name = os.path.join(self.folder, "%04d.eml" % self.count)
        with open(name + ".part", "wb") as file:
            file.write(("X-Envelope-To: %s\r\n" % ",".join(envelope.rcpt_tos)).encode())
            file.write(envelope.content)
        os.rename(name + ".part", name)
        return "250 Taken"


controller = Controller(Keeper(sys.argv[1]), hostname="127.0.0.1", port=int(sys.argv[2]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
