"""An office of real softphones: each user's microphone is a tone of its own, so that what a phone records says whom it hears."""
import shutil
import struct
import tempfile
import wave
from pathlib import Path

import baresip
import harness
from baresip import HEADER_BYTES, Baresip, tone_share
from harness import SystemTest, password_phone, until, user
from linphone import Linphone
from person import Person

# By phone: its user's number, its tone, and how it is made. No tone is one of the system's own.
PHONES = {
    "anna": (101, 500, Baresip, {}),
    "bernd": (102, 700, Baresip, {"transport": "tls", "encryption": "srtp-mand"}),
    "carla": (103, 1000, Baresip, {"transport": "tcp", "codecs": "PCMU"}),
    "dora": (104, 1650, Linphone, {"auto_answer": False, "narrow": True}),
    "emil": (105, 2100, Baresip, {}),
    "other": (None, 2500, Baresip, {}),  # nobody's to begin with
}
TONES = {name: hertz for name, (_, hertz, _, _) in PHONES.items()} | {"music": 3000}
NUMBERS = {name: number for name, (number, _, _, _) in PHONES.items()}
DONE_HZ, NOT_DONE_HZ = {800, 1200}, {425}
WINDOW_S = 0.4


class Ear:
    """What comes to a phone's ear from now on."""

    def __init__(self, phone):
        self.phone = phone
        self.known = {path: path.stat().st_size for path in phone.sounds()[0]}

    def samples(self, seconds=None):
        """All that was heard since, of the file that has most of it; with `seconds`, the end of it, or nothing while that is less."""
        files, rate = self.phone.sounds()
        best = b""
        for path in files:
            data = path.read_bytes()
            begin = self.known.get(path, HEADER_BYTES)
            if begin > len(data):  # begun anew
                begin = self.known[path] = HEADER_BYTES
            best = max(best, data[begin:len(data) & ~1], key=len)
        wanted = len(best) if seconds is None else 2 * int(seconds * rate)
        if len(best) < wanted:
            return (), rate
        best = best[len(best) - wanted:]
        return struct.unpack(f"<{len(best) // 2}h", best), rate

    def voices(self):
        """Whose tones there are in the last moment; None while there is no sound yet."""
        samples, rate = self.samples(WINDOW_S)
        if not samples:
            return None
        if max(samples) < 300:
            return set()
        return {name for name, hertz in TONES.items() if tone_share(samples, hertz, rate) > 0.15}

    def tones(self, wanted):
        """Which of these tones there were for a moment."""
        samples, rate = self.samples()
        step = rate // 20
        blocks = [samples[at:at + step] for at in range(0, len(samples) - step, step)]
        return {hertz for hertz in wanted if any(max(block) > 500 and tone_share(block, hertz, rate) > 0.6 for block in blocks)}


class SoftphoneTest(SystemTest):
    STAFF = tuple(PHONES)  # the phones that are switched on
    SETTINGS = {}
    MORE_PHONES = {}  # of a user, besides his own
    MORE = {}

    @classmethod
    def config(cls):
        own = {name: number for name, number in NUMBERS.items() if name in cls.STAFF}
        return {
            "settings": {"language": "en", **cls.SETTINGS},
            "phones": [password_phone(name, srtp="required" if PHONES[name][3].get("encryption") else "optional") for name in own],
            "users": [user(number, name, *cls.MORE_PHONES.get(name, ()), first_name=name.title(), last_name="Office", password=f"Wood-pecker-17-{name}",
                           admin=name == "emil") for name, number in own.items() if number],
            **cls.MORE,
        }

    @classmethod
    def setUpClass(cls):
        cls.lend_music()
        super().setUpClass()
        cls.phones = {}
        for name in cls.STAFF:
            _, hertz, make, more = PHONES[name]
            cls.phones[name] = make(cls.server, name, f"secret-of-{name}", hertz, **{"answer": "manual"} if make is Baresip else {}, **more)
            cls.addClassCleanup(cls.phones[name].close)
            setattr(cls, name, cls.phones[name])
            if make is Baresip:
                cls.phones[name].connect()  # what it reports before is lost
        cls.server.wait_registered(*cls.STAFF)

    @classmethod
    def lend_music(cls):
        """All the sounds there are, but the music is a tone, too."""
        sounds = Path(tempfile.mkdtemp(prefix="strowger-sounds-"))
        cls.addClassCleanup(shutil.rmtree, sounds)
        for source in (harness.build_root / "packaging/sounds").iterdir():
            (sounds / source.name).symlink_to(source)
        (sounds / "music.wav").unlink(missing_ok=True)
        baresip.write_tone(sounds / "music.wav", TONES["music"], 10)
        cls.OPTIONS = ("--sounds", str(sounds))

    def setUp(self):
        self.began = harness.now()
        self.addCleanup(self.all_hang_up)

    def all_hang_up(self):
        """After a test that failed."""
        for call in self.server.calls():
            self.server.request("POST", f"/api/calls/{call['call_id']}/hangup")
        until(lambda: not self.server.calls() and not any(phone.calls() for phone in self.phones.values()), "all have hung up", 20)

    # People and rows

    def page(self, name):
        """That person's page."""
        people = self.__dict__.setdefault("people", {})
        if name not in people:
            people[name] = Person(self.server, f"1{NUMBERS[name]}", f"Wood-pecker-17-{name}")
        return people[name]

    def row(self, collection, **equals):
        query = "&".join(f"{name}={value}" for name, value in equals.items())
        return self.server.api("GET", f"/api/{collection}?{query}")["items"][0]

    def key(self, name, **values):
        """A function key of that person. Returns how it is pressed, and what it shows."""
        page = self.page(name)
        row = page.api("POST", "/api/me/keys", values)
        self.addCleanup(page.api, "DELETE", f"/api/me/keys/{row['id']}")

        def shows(state):
            until(lambda: next(one["state"] for one in page.api("GET", "/api/me/keys")["items"] if one["id"] == row["id"]) == state,
                  f"the key shows {state}")
        return lambda: page.api("POST", f"/api/me/keys/{row['id']}/press", {})["action"], shows

    # Calls

    def states(self, phone):
        return sorted(state for state, _ in phone.calls().values())

    def is_rung(self, phone, who="", seconds=20):
        """It rings here; `who` is in what it shows."""
        until(lambda: any(state == "rung" and who in with_whom for state, with_whom in phone.calls().values()),
              f"{phone.name} is rung by {who or 'somebody'}", seconds)

    def is_quiet(self, *phones):
        for phone in phones:
            self.assertEqual(phone.calls(), {}, f"{phone.name} has no call")

    def is_free(self, *phones, seconds=20):
        for phone in phones:
            until(lambda: not phone.calls(), f"{phone.name} has no call any more", seconds)

    def talks(self, *phones):
        for phone in phones:
            until(lambda: "talks" in self.states(phone) and "rung" not in self.states(phone), f"{phone.name} talks", 20)

    def answers(self, phone, who=""):
        self.is_rung(phone, who)
        phone.accept()
        self.talks(phone)

    def call(self, caller, called):
        """They talk, and hear each other."""
        caller.dial(NUMBERS[called.name])
        self.answers(called)
        self.talks(caller)
        self.hear({caller: {called}, called: {caller}})

    def hear(self, expected, seconds=20):
        """At once each of these phones hears just those: phones, "music", or nobody."""
        wanted = {phone: {getattr(one, "name", one) for one in heard} for phone, heard in expected.items()}
        ears = {phone: Ear(phone) for phone in wanted}
        last = {}

        def fits():
            for phone, ear in ears.items():
                last[phone.name] = ear.voices()
            return all(last[phone.name] == names for phone, names in wanted.items())
        try:
            until(fits, "the right voices", seconds)
        except AssertionError:
            raise AssertionError(f"wanted {({phone.name: names for phone, names in wanted.items()})}, heard {last}") from None

    def hears_something(self, phone):
        """Whoever it is."""
        ear = Ear(phone)
        until(lambda: ear.samples(WINDOW_S)[0], f"{phone.name} hears something")

    def end(self, who, *others):
        """One hangs up, and the others have no call any more."""
        who.hang_up()
        self.is_free(who, *others)

    def dials_code(self, phone, code, done=True):
        """A code that changes something: its tones are heard, then the system hangs up."""
        self.is_quiet(phone)
        ear, wanted = Ear(phone), DONE_HZ if done else NOT_DONE_HZ
        phone.dial(code)
        self.talks(phone)
        until(lambda: ear.tones(wanted) == wanted, f"{phone.name} hears the tones after {code}")
        phone.hang_up()
        self.is_free(phone)
        self.server.wait_idle()

    def record(self, number=1):
        return self.server.wait_records(number, self.began)

    def reasons(self, record):
        return [reason["code"] for reason in record["explanation"]]
