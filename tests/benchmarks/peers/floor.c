// The floor: what the same import costs with nothing but the work itself.
//
//   floor PORT TOKEN IN_FLIGHT FILE NAME...      sends; PORT 0 writes the bodies, a line each
//
// FILE has no header; its first column is the identifier, NAMEs are the others' properties.
// Each thread takes the next 200 rows under a lock, as JSON in its own buffer, and sends them on
// its own connection. The times printed are CPU seconds, since reading and sending overlap.
#define _GNU_SOURCE  // strcasestr
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 200, HEAD = 512, MOST_THREADS = 100 };

typedef struct {
    char *start;  // HEAD bytes are left free for the request's head
    size_t size, room;
} Body;

typedef struct {
    char *text;
    size_t size;
} Literal;

static struct {
    const char *at, *end;
    Literal head, middle, *keys;  // a key begins with the comma that the first one goes without
    int columns, port;
    SSL_CTX *tls;
    pthread_mutex_t lock;
    long sent;
    double encoding, sending;  // CPU seconds
} run = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void die(const char *what) {
    fprintf(stderr, "floor: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static double cpu(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void grow(Body *body, size_t size) {
    body->room = 2 * (body->size + size);
    body->start = realloc(body->start, body->room);
    if (!body->start) die("no memory");
}

static inline void append(Body *body, const char *bytes, size_t size) {
    if (body->size + size > body->room) grow(body, size);
    memcpy(body->start + body->size, bytes, size);
    body->size += size;
}

static Literal literal(const char *before, const char *name, const char *after) {
    Literal made = {NULL, strlen(before) + strlen(name) + strlen(after)};
    made.text = malloc(made.size + 1);
    if (!made.text) die("no memory");
    sprintf(made.text, "%s%s%s", before, name, after);
    return made;
}

// Not 0: the byte ends a run of bytes that are copied as they are.
static unsigned char plain_stop[256], quoted_stop[256];

static void fill_stops(void) {
    for (int byte = 0; byte < 0x20; byte++) plain_stop[byte] = quoted_stop[byte] = 1;
    plain_stop['"'] = plain_stop['\\'] = plain_stop[','] = 1;
    quoted_stop['"'] = quoted_stop['\\'] = 1;
}

static void escape(Body *body, unsigned char byte) {
    static const char SHORT[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    char written[7];
    const char *pair = SHORT;
    while (*pair && byte != (unsigned char)*pair) pair += 2;
    int size = *pair ? sprintf(written, "\\%c", pair[1]) : sprintf(written, "\\u%04x", byte);
    append(body, written, size);
}

// Append the cell at `at` as the inside of a JSON string; return where its separator stands.
static const char *cell(Body *body, const char *at, const char *end) {
    int quoted = at < end && *at == '"';
    const unsigned char *stops = quoted ? quoted_stop : plain_stop;
    if (quoted) at++;
    for (;;) {
        const char *from = at;
        while (at < end && !stops[(unsigned char)*at]) at++;
        append(body, from, at - from);
        if (at == end) return at;
        if (quoted && *at == '"') {
            if (at + 1 == end || at[1] != '"') return at + 1;
            at++;
        } else if (!quoted && (*at == ',' || *at == '\n' || *at == '\r'))
            return at;
        escape(body, (unsigned char)*at++);
    }
}

static const char *update(Body *body, const char *at, const char *end) {
    int first = 1;
    append(body, run.head.text, run.head.size);
    at = cell(body, at, end);
    append(body, run.middle.text, run.middle.size);
    for (int column = 0; column < run.columns; column++) {
        if (at == end || *at != ',') die("a row with too few cells");
        size_t before = body->size;
        append(body, run.keys[column].text + first, run.keys[column].size - first);
        size_t value = body->size;
        at = cell(body, at + 1, end);
        if (body->size == value)
            body->size = before;
        else {
            append(body, "\"", 1);
            first = 0;
        }
    }
    if (at < end && *at != '\n' && *at != '\r') die("a row with too many cells");
    append(body, "}}", 2);
    return at;
}

// The next rows as one body; 0 at the end of the file.
static int next_body(Body *body) {
    int rows = 0;
    body->size = HEAD;
    pthread_mutex_lock(&run.lock);
    double began = cpu();
    while (rows < BATCH) {
        while (run.at < run.end && (*run.at == '\n' || *run.at == '\r')) run.at++;
        if (run.at == run.end) break;
        append(body, rows++ ? "," : "[", 1);
        run.at = update(body, run.at, run.end);
    }
    append(body, "]", 1);
    run.encoding += cpu() - began;
    pthread_mutex_unlock(&run.lock);
    return rows;
}

static SSL *connect_tls(void) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(run.port)};
    inet_pton(AF_INET, "127.0.0.1", &where.sin_addr);
    int line = socket(AF_INET, SOCK_STREAM, 0);
    if (line < 0 || connect(line, (struct sockaddr *)&where, sizeof where)) die("cannot connect");
    // Without it the end of each body waits 40 ms for the other side's delayed acknowledgement.
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    SSL *tls = SSL_new(run.tls);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), "127.0.0.1");
    SSL_set_fd(tls, line);
    if (SSL_connect(tls) != 1) die("no TLS");
    return tls;
}

static void send_body(SSL *tls, Body *body) {
    char head[HEAD];
    size_t size = body->size - HEAD;
    int length = snprintf(head, HEAD,
                          "POST /engage?ip=0&strict=1&verbose=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                          "Content-Type: application/json\r\nAccept: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n",
                          run.port, size);
    char *request = body->start + HEAD - length;
    memcpy(request, head, length);
    if (SSL_write(tls, request, (int)(size + length)) <= 0) die("the line broke");
}

// Read one answer whole; anything but a 200 that says OK ends the program.
static void check_answer(SSL *tls) {
    char answer[4096], *inside = NULL;
    size_t got = 0, whole = sizeof answer;
    while (got < whole) {
        int more = SSL_read(tls, answer + got, (int)(sizeof answer - 1 - got));
        if (more <= 0) die("no answer, or a long one");
        answer[got += more] = 0;
        if (inside || !(inside = strstr(answer, "\r\n\r\n"))) continue;
        const char *length = strcasestr(answer, "\r\nContent-Length:");
        if (!length) die("an answer without a length");
        whole = inside + 4 - answer + strtoul(length + 17, NULL, 10);
    }
    if (strncmp(answer, "HTTP/1.1 200 ", 13) || !strstr(inside, "\"status\":\"OK\"")) die(answer);
}

static void *sender(void *nothing) {
    Body body = {.start = NULL};
    double began = cpu(), encoded = 0;
    long sent = 0;
    append(&body, (char[HEAD]){0}, HEAD);
    SSL *tls = connect_tls();
    for (;; sent++) {
        double before = cpu();
        int rows = next_body(&body);
        encoded += cpu() - before;
        if (!rows) break;
        send_body(tls, &body);
        check_answer(tls);
    }
    SSL_shutdown(tls);
    pthread_mutex_lock(&run.lock);
    run.sent += sent;
    run.sending += cpu() - began - encoded;
    pthread_mutex_unlock(&run.lock);
    return nothing;
}

static void send_all(int threads) {
    pthread_t senders[MOST_THREADS];
    signal(SIGPIPE, SIG_IGN);
    run.tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(run.tls, SSL_VERIFY_PEER, NULL);
    if (!SSL_CTX_set_default_verify_paths(run.tls)) die("no certificates");
    for (int i = 0; i < threads; i++) pthread_create(&senders[i], NULL, sender, NULL);
    for (int i = 0; i < threads; i++) pthread_join(senders[i], NULL);
}

int main(int count, char **given) {
    if (count < 6) die("PORT TOKEN IN_FLIGHT FILE NAME...");
    int threads = atoi(given[3]), file = open(given[4], O_RDONLY);
    struct stat facts;
    if (threads < 1 || threads > MOST_THREADS) die("so many in flight?");
    if (file < 0 || fstat(file, &facts) || !facts.st_size) die("cannot read the file");
    run.at = mmap(NULL, facts.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (run.at == MAP_FAILED) die("cannot map the file");
    run.end = run.at + facts.st_size;
    run.port = atoi(given[1]), run.columns = count - 5;
    run.head = literal("{\"$token\":\"", given[2], "\",\"$distinct_id\":\"");
    run.middle = literal("\",\"$ip\":\"0\",\"$ignore_time\":true,\"$set\":{", "", "");
    run.keys = calloc(run.columns, sizeof *run.keys);
    for (int i = 0; i < run.columns; i++) run.keys[i] = literal(",\"", given[5 + i], "\":\"");
    fill_stops();
    Body body = {.start = NULL};
    append(&body, (char[HEAD]){0}, HEAD);
    if (run.port) send_all(threads);
    else while (next_body(&body)) {
        fwrite(body.start + HEAD, 1, body.size - HEAD, stdout);
        putchar('\n');
    }
    fprintf(stderr, "parse + encode %.3f s, send %.3f s of CPU, %ld requests\n", run.encoding,
            run.sending, run.sent);
}
