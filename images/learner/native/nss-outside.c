// A source of host names (nsswitch.conf(5)) that is asked last and knows none: it says why a name of the
// internet cannot be found, whatever program asked.
#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static bool is_outside(const char *name) {
  static const char *const inside[] = {".internal", ".local", ".localdomain", ".arpa"};
  for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
    size_t length = strlen(name), tail = strlen(inside[i]);
    if (length >= tail && !strcmp(name + length - tail, inside[i])) return false;
  }
  return strchr(name, '.');
}

static enum nss_status not_found(const char *name, int *error, int *host_error) {
  static bool said;
  static const char why[] = ": this machine is closed off from the internet; it reaches 8.8.8.8, database.internal:5432 and "
                            "http://api.internal:8080/health.\n";
  if (!said && is_outside(name)) {
    struct iovec parts[] = {{(char *)name, strlen(name)}, {(char *)why, sizeof why - 1}};
    said = writev(STDERR_FILENO, parts, 2) > 0;
  }
  *error = 0;
  *host_error = HOST_NOT_FOUND;
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_outside_gethostbyname4_r(const char *name, void *tuples, char *buffer, size_t size, int *error,
                                              int *host_error, int *ttl) {
  (void)tuples, (void)buffer, (void)size, (void)ttl;
  return not_found(name, error, host_error);
}

enum nss_status _nss_outside_gethostbyname2_r(const char *name, int family, struct hostent *result, char *buffer,
                                              size_t size, int *error, int *host_error) {
  (void)family, (void)result, (void)buffer, (void)size;
  return not_found(name, error, host_error);
}
