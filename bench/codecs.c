/*
 * The reference for codecs.ts: compresses 4 KiB pages with the C libraries that are installed, times how fast they
 * decode them (best of 5 passes, one thread, CPU time), and leaves the compressed pages for codecs.ts:
 * for each page a u32 length and the data. Prints "name MB/s" a line.
 *
 *   cc -O2 codecs.c -ldl && ./a.out PAGES FOLDER
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 4096, ROOM = 2 * PAGE };

static void *find(const char *library, const char *symbol)
{
	void *handle = dlopen(library, RTLD_NOW);
	return handle ? dlsym(handle, symbol) : NULL;
}

static int (*z_compress)(uint8_t *, unsigned long *, const uint8_t *, unsigned long);
static int (*z_uncompress)(uint8_t *, unsigned long *, const uint8_t *, unsigned long);
static size_t zlib_encode(const uint8_t *in, uint8_t *out) { unsigned long n = ROOM; return z_compress(out, &n, in, PAGE) ? 0 : n; }
static int zlib_decode(const uint8_t *in, size_t n, uint8_t *out) { unsigned long m = PAGE; return z_uncompress(out, &m, in, n) == 0 && m == PAGE; }

static int (*lzo_compress)(const uint8_t *, unsigned long, uint8_t *, unsigned long *, void *);
static int (*lzo_decompress)(const uint8_t *, unsigned long, uint8_t *, unsigned long *, void *);
static size_t lzo_encode(const uint8_t *in, uint8_t *out) { static uint8_t work[1 << 17]; unsigned long n = 0; return lzo_compress(in, PAGE, out, &n, work) ? 0 : n; }
static int lzo_decode(const uint8_t *in, size_t n, uint8_t *out) { unsigned long m = PAGE; return lzo_decompress(in, n, out, &m, NULL) == 0 && m == PAGE; }

static int (*sn_compress)(const uint8_t *, size_t, uint8_t *, size_t *);
static int (*sn_uncompress)(const uint8_t *, size_t, uint8_t *, size_t *);
static size_t snappy_encode(const uint8_t *in, uint8_t *out) { size_t n = ROOM; return sn_compress(in, PAGE, out, &n) ? 0 : n; }
static int snappy_decode(const uint8_t *in, size_t n, uint8_t *out) { size_t m = PAGE; return sn_uncompress(in, n, out, &m) == 0 && m == PAGE; }

static size_t (*zs_compress)(void *, size_t, const void *, size_t, int);
static size_t (*zs_decompress)(void *, void *, size_t, const void *, size_t);
static void *zs_context;
static size_t zstd_encode(const uint8_t *in, uint8_t *out) { return zs_compress(out, ROOM, in, PAGE, 1); }
static int zstd_decode(const uint8_t *in, size_t n, uint8_t *out) { return zs_decompress(zs_context, out, PAGE, in, n) == PAGE; }

static int (*l4_compress)(const void *, void *, int, int);
static int (*l4_decompress)(const void *, void *, int, int);
static size_t lz4_encode(const uint8_t *in, uint8_t *out) { return l4_compress(in, out, PAGE, ROOM); }
static int lz4_decode(const uint8_t *in, size_t n, uint8_t *out) { return l4_decompress(in, out, n, PAGE) == PAGE; }

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void run(const char *name, const uint8_t *pages, size_t count, const char *folder,
		size_t (*encode)(const uint8_t *, uint8_t *), int (*decode)(const uint8_t *, size_t, uint8_t *))
{
	uint8_t *packed = malloc(count * (ROOM + 4)), *at = packed, out[PAGE];
	char path[4096];
	for (size_t i = 0; i < count; i++) {
		uint32_t n = encode(pages + i * PAGE, at + 4);
		memcpy(at, &n, 4);
		at += 4 + n;
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(packed, 1, at - packed, file) != (size_t)(at - packed)) exit(1);
	fclose(file);

	double best = 1e9;
	for (int pass = 0; pass < 5; pass++) {
		double start = seconds();
		uint8_t *p = packed;
		for (size_t i = 0; i < count; i++) {
			uint32_t n;
			memcpy(&n, p, 4);
			if (!decode(p + 4, n, out)) exit(2);
			p += 4 + n;
		}
		double took = seconds() - start;
		if (took < best) best = took;
	}
	printf("%s %.0f\n", name, count * PAGE / best / 1e6);
	free(packed);
}

int main(int argc, char **argv)
{
	if (argc != 3) return 1;
	FILE *file = fopen(argv[1], "rb");
	if (!file) return 1;
	fseek(file, 0, SEEK_END);
	size_t count = ftell(file) / PAGE;
	rewind(file);
	uint8_t *pages = malloc(count * PAGE);
	if (fread(pages, PAGE, count, file) != count) return 1;

	z_compress = find("libz.so.1", "compress");
	z_uncompress = find("libz.so.1", "uncompress");
	if (z_compress && z_uncompress) run("zlib", pages, count, argv[2], zlib_encode, zlib_decode);
	l4_compress = find("liblz4.so.1", "LZ4_compress_default");
	l4_decompress = find("liblz4.so.1", "LZ4_decompress_safe");
	if (l4_compress && l4_decompress) run("lz4", pages, count, argv[2], lz4_encode, lz4_decode);
	sn_compress = find("libsnappy.so.1", "snappy_compress");
	sn_uncompress = find("libsnappy.so.1", "snappy_uncompress");
	if (sn_compress && sn_uncompress) run("snappy", pages, count, argv[2], snappy_encode, snappy_decode);
	zs_compress = find("libzstd.so.1", "ZSTD_compress");
	zs_decompress = find("libzstd.so.1", "ZSTD_decompressDCtx");
	void *(*create)(void) = find("libzstd.so.1", "ZSTD_createDCtx");
	if (create) zs_context = create();
	if (zs_compress && zs_decompress && zs_context) run("zstd", pages, count, argv[2], zstd_encode, zstd_decode);
	lzo_compress = find("liblzo2.so.2", "lzo1x_1_compress");
	lzo_decompress = find("liblzo2.so.2", "lzo1x_decompress_safe");
	if (lzo_compress && lzo_decompress) run("lzo", pages, count, argv[2], lzo_encode, lzo_decode);
	return 0;
}
