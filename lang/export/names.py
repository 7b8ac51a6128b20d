"""Names of the program -> names of another language, each its own.

Law: a name stays as it is where the language takes it. Where it does not (a keyword, a function of the library, a
letter that C does not know), it is changed as little as possible, and no two names become one.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from unicodedata import combining, normalize
from unicodedata import name as letter_name

from lang.steps import form

PYTHON = frozenset((*keyword.kwlist, "__debug__", "math", "float", "int", "range", "map", "abs"))

_JAVASCRIPT_WORDS = """
abstract arguments await boolean break byte case catch char class const continue debugger default delete do double
else enum eval export extends false final finally float for function goto if implements import in instanceof int
interface let long native new null package private protected public return short static super switch synchronized this
throw throws transient true try typeof undefined var void volatile while with yield async of Math NaN Infinity Number
Object module exports
"""
JAVASCRIPT = frozenset(_JAVASCRIPT_WORDS.split())

_C_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while alignas alignof
bool constexpr false nullptr static_assert thread_local true typeof typeof_unqual asm fortran and and_eq bitand bitor
catch class compl concept const_cast decltype delete dynamic_cast explicit export friend mutable namespace new
noexcept not not_eq operator or or_eq private protected public reinterpret_cast requires static_cast template this
throw try typeid typename using virtual wchar_t xor xor_eq NAN INFINITY HUGE_VAL HUGE_VALF HUGE_VALL FP_NAN
FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL FP_ILOGB0 FP_ILOGBNAN FP_LLOGB0 FP_LLOGBNAN FP_INT_UPWARD FP_INT_DOWNWARD
FP_INT_TOWARDZERO FP_INT_TONEAREST FP_INT_TONEARESTFROMZERO FP_FAST_FMA FP_FAST_FMAF FP_FAST_FMAL MATH_ERRNO
MATH_ERREXCEPT M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2 SNAN
SNANF SNANL WNOHANG WUNTRACED WSTOPPED WEXITED WCONTINUED WNOWAIT BYTE_ORDER BIG_ENDIAN LITTLE_ENDIAN PDP_ENDIAN
FD_SETSIZE NFDBITS NULL DOMAIN SING OVERFLOW UNDERFLOW PLOSS TLOSS EDOM ERANGE MAXFLOAT HUGE RAND_MAX EXIT_SUCCESS
EXIT_FAILURE MB_CUR_MAX math_errhandling fpclassify isfinite isinf isnan isnormal signbit isgreater isgreaterequal
isless islessequal islessgreater isunordered issignaling issubnormal iszero iseqsig iscanonical signgam double_t
float_t size_t ssize_t div_t ldiv_t lldiv_t linux unix i386 main abort abs atexit atof atoi atol atoll bsearch calloc
div exit free getenv labs ldiv llabs lldiv malloc mblen mbtowc qsort rand realloc srand strtod strtof strtol strtold
strtoll strtoul strtoull system wctomb random srandom drand48 alloca index rindex bcmp bcopy bzero environ time clock
read write open close link select wait sleep stdin stdout stderr errno
"""
_MATH = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs fdim finite
floor fma fmax fmin fmod frexp gamma gamma_r hypot ilogb j0 j1 jn ldexp lgamma lgamma_r llrint llround log log10 log1p
log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 remainder remquo rint round scalb scalbln
scalbn significand sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn acospi asinpi atanpi atan2pi cospi sinpi tanpi
compoundn exp10m1 exp2m1 log10p1 log2p1 logp1 pown powr rootn rsqrt roundeven fmaximum fminimum fromfp ufromfp llogb
nextup nextdown canonicalize totalorder getpayload setpayload fadd fsub fmul fdiv ffma fsqrt daddl dsubl dmull ddivl
dfmal dsqrtl
"""
_KINDS = ("", "f", "l")
C = frozenset((*_C_WORDS.split(), *(word + kind for word in _MATH.split() for kind in _KINDS)))

_C_LIBRARY = """
FD_CLR FD_ISSET FD_SET FD_ZERO WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WSTOPSIG WTERMSIG be16toh
be32toh be64toh htobe16 htobe32 htobe64 htole16 htole32 htole64 le16toh le32toh le64toh a64l aligned_alloc arc4random
arc4random_buf arc4random_uniform at_quick_exit clearenv drand48_r ecvt ecvt_r erand48 erand48_r fcvt fcvt_r gcvt
getloadavg getsubopt initstate initstate_r jrand48 jrand48_r l64a lcong48 lcong48_r lrand48 lrand48_r mbstowcs mkdtemp
mkstemp mkstemps mktemp mrand48 mrand48_r nrand48 nrand48_r on_exit posix_memalign pselect putenv qecvt qecvt_r qfcvt
qfcvt_r qgcvt quick_exit rand_r random_r reallocarray realpath rpmatch seed48 seed48_r setenv setstate setstate_r
srand48 srand48_r srandom_r strfromd strfromf strfroml strtoq strtouq unsetenv valloc wcstombs isinff isinfl isnanf
isnanl lgammaf_r lgammal_r signbitf signbitl pthread_spinlock_t blkcnt_t blksize_t caddr_t clock_t clockid_t daddr_t
dev_t fd_mask fd_set fsblkcnt_t fsfilcnt_t fsid_t gid_t id_t ino_t int8_t int16_t int32_t int64_t key_t loff_t mode_t
nlink_t off_t pid_t pthread_attr_t pthread_key_t pthread_once_t pthread_t quad_t sigset_t suseconds_t time_t timer_t
u_char u_int u_int8_t u_int16_t u_int32_t u_int64_t u_long u_quad_t u_short uid_t uint ulong ushort printf fprintf
sprintf snprintf vprintf vfprintf vsprintf vsnprintf scanf sscanf fscanf vscanf vsscanf vfscanf puts putchar fputs
fputc fwrite putc strlen strcat strchr strcmp strcpy strcspn strncat strncmp strncpy strpbrk strrchr strspn strstr
strftime strfmon memchr memcmp memcpy memset memmove mempcpy stpcpy stpncpy strcasecmp strncasecmp strdup strndup
strnlen ffs ffsl ffsll isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper
isxdigit tolower toupper toascii isascii iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph iswlower iswprint
iswpunct iswspace iswupper iswxdigit towlower towupper execl execlp execle execv execvp execve fork gettext dgettext
dcgettext imaxabs fprintf_unlocked printf_unlocked putchar_unlocked puts_unlocked fputs_unlocked fputc_unlocked
fwrite_unlocked
"""
_C_MORE_MATH = """
fmaximum_num fminimum_num fmaximum_mag fminimum_mag fmaximum_mag_num fminimum_mag_num fromfpx ufromfpx cabs cacos
cacosh carg casin casinh catan catanh ccos ccosh cexp cimag clog clog10 conj cpow cproj creal csin csinh csqrt ctan
ctanh
"""
C_FUNCTIONS = frozenset((*_C_LIBRARY.split(), *(word + kind for word in _C_MORE_MATH.split() for kind in _KINDS)))
"""What no function of ours may be called: the headers declare it, or a compiler knows it as the C library's. A variable
may: it hides them where it stands."""

RESERVED = {"python": PYTHON, "c": C, "javascript": JAVASCRIPT}


class Names:
    """The names of one text.

    Args:
        language: "python", "c" or "javascript".
        taken: further names that the text uses for itself.
    """

    def __init__(self, language: str, taken: Iterable[str] = ()) -> None:
        self.language = language
        self.reserved = RESERVED[language]
        self.taken = set(taken)
        self.known: dict[str, str] = {}

    def keep(self, names: Iterable[str]) -> None:
        """Give names their own spelling first, where they can have it; the rest must find others."""
        for name in sorted(set(names), key=lambda name: (isinstance(name, form.Temporary), " " in name)):
            if name not in self.known and self.spelled(name) == name and self._free(name):
                self.known[name] = name
                self.taken.add(name)

    def of(self, name: str) -> str:
        """The name in the language, always the same."""
        if name not in self.known:
            self.known[name] = self.fresh(self.spelled(name))
        return self.known[name]

    def fresh(self, wanted: str) -> str:
        """A name of the language that nothing else has, as near as can be to the one wanted."""
        found, count = wanted, 0
        while not self._free(found):
            count += 1
            found = f"{wanted}_{count}"
        self.taken.add(found)
        return found

    def title(self, wanted: str) -> str:
        """A new name for a function."""
        return self.fresh(f"{wanted}_1" if self.language == "c" and wanted in C_FUNCTIONS else wanted)

    def spelled(self, name: str) -> str:
        """A name in letters that the language knows."""
        plain = name.removeprefix("program ").replace(" ", "_")
        return ascii_name(plain) if self.language == "c" else plain

    def _free(self, name: str) -> bool:
        return name not in self.taken and name not in self.reserved


def ascii_name(name: str) -> str:
    """A name in ASCII: `theta` for a Greek letter, `e` for an accented one, `u4E2D` for any other."""
    text = "".join(each if each.isascii() else _ascii_letter(each) for each in name)
    return f"v{text}" if text[0] == "_" or text[0].isdigit() else text


def _ascii_letter(letter: str) -> str:
    words = letter_name(letter, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        at = words.index("LETTER") + 1
        found = words[at + 1] if words[at] == "FINAL" else words[at]
        return found.lower() if "SMALL" in words else found.capitalize()
    base = "".join(each for each in normalize("NFKD", letter) if not combining(each))
    return base if base.isascii() and base.isalnum() else f"u{ord(letter):04X}"
