/* A double of a reader with a PIN pad: a PKCS#11 module in front of SoftHSM2's. No such device was at hand.
 *
 * Every function is SoftHSM2's own, but two: C_GetTokenInfo says CKF_PROTECTED_AUTHENTICATION_PATH and how many of three tries are
 * left, and C_Login takes its PIN from "the keys". What the keys are pressed to is in PINPAD_KEYS: PINs and the word `cancel`, parted
 * by commas, one for each C_Login; when nothing is left, nobody typed. A PIN that the program hands in is refused, as a
 * pad's module does, and each C_Login is written to the file PINPAD_LOG: `keys`, or `program` where the program handed a PIN in.
 *
 * Built with -Wl,-z,nodelete: what was typed stays typed when the program loads the module anew.
 * Types and numbers are those of PKCS#11 v2.40. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ulong;
typedef ulong (*function)(void);
typedef ulong (*get_token_info)(ulong slot, void *information);
typedef ulong (*login)(ulong session, ulong user, unsigned char *pin, ulong length);

enum { OK = 0, GENERAL_ERROR = 5, ARGUMENTS_BAD = 7, FUNCTION_CANCELED = 0x50, PIN_INCORRECT = 0xa0, PIN_LOCKED = 0xa4 };
enum { COUNT_LOW = 0x10000, FINAL_TRY = 0x20000, LOCKED = 0x40000, PROTECTED_PATH = 0x100, OF_SOFTHSM = COUNT_LOW | FINAL_TRY | LOCKED };
/* Where the functions stand in CK_FUNCTION_LIST, which has 68, and the flags in CK_TOKEN_INFO: after texts of 96 octets. */
enum { AT_GET_FUNCTION_LIST = 3, AT_GET_TOKEN_INFO = 6, AT_LOGIN = 18, FUNCTIONS = 68, FLAGS = 96, TRIES = 3 };

struct list {
  unsigned char version[2];
  function functions[FUNCTIONS];
};

static struct list *inner, outer;
static int typed, wrong;

/* The next of what is typed on the keys; false when nobody types. */
static int next_keys(char *keys, size_t room) {
  const char *from = getenv("PINPAD_KEYS");
  for (int skipped = 0; from && skipped < typed; skipped++) {
    from = strchr(from, ',');
    if (from) from++;
  }
  if (!from) return 0;
  typed++;
  snprintf(keys, room, "%.*s", (int)strcspn(from, ","), from);
  return strcmp(keys, "cancel") != 0;
}

static void tell(const char *what) {
  const char *path = getenv("PINPAD_LOG");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%s\n", what);
  fclose(file);
}

static ulong pad_login(ulong session, ulong user, unsigned char *pin, ulong length) {
  char keys[64];
  tell(pin || length ? "program" : "keys");
  if (pin || length) return ARGUMENTS_BAD;
  if (wrong >= TRIES) return PIN_LOCKED;
  if (!next_keys(keys, sizeof keys)) return FUNCTION_CANCELED;
  ulong answer = ((login)inner->functions[AT_LOGIN])(session, user, (unsigned char *)keys, strlen(keys));
  if (answer == PIN_INCORRECT) wrong++;
  if (answer == OK) wrong = 0;
  return answer;
}

static ulong pad_token_info(ulong slot, void *information) {
  ulong flags, answer = ((get_token_info)inner->functions[AT_GET_TOKEN_INFO])(slot, information);
  if (answer != OK) return answer;
  memcpy(&flags, (char *)information + FLAGS, sizeof flags);
  flags = (flags & ~(ulong)OF_SOFTHSM) | PROTECTED_PATH;
  if (wrong >= TRIES) flags |= LOCKED;
  else if (wrong == TRIES - 1) flags |= FINAL_TRY;
  else if (wrong) flags |= COUNT_LOW;
  memcpy((char *)information + FLAGS, &flags, sizeof flags);
  return OK;
}

ulong C_GetFunctionList(struct list **list) {
  if (!list) return ARGUMENTS_BAD;
  if (!inner) {
    const char *path = getenv("PINPAD_MODULE");
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    ulong (*get)(struct list **) = library ? (ulong (*)(struct list **))dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&inner) != OK) return GENERAL_ERROR;
    outer = *inner;
    outer.functions[AT_GET_FUNCTION_LIST] = (function)C_GetFunctionList;
    outer.functions[AT_GET_TOKEN_INFO] = (function)pad_token_info;
    outer.functions[AT_LOGIN] = (function)pad_login;
  }
  *list = &outer;
  return OK;
}
