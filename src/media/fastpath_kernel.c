#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "media/fastpath_int.h"

enum {
	INTERFACES_MAX = 256,
	TCX_INGRESS = 46, /* BPF_TCX_INGRESS, younger than Debian 12's headers */
	OLD_HOOK_PRIORITY = 0x5357,
};

struct hook {
	int interface;
	int link; /* -1: of the old kind */
};

struct fastpath_kernel {
	struct bpf_object *object;
	struct fastpath_entry *entry;
	size_t mapped_bytes;
	uint32_t handle; /* of old hooks: one for each engine */
	unsigned n_hooks;
	struct hook hook[INTERFACES_MAX];
};

/* The compiled program. */
static const unsigned char program[] __attribute__((aligned(8))) = {
#include "fastpath_bpf.inc"
};

static int on_libbpf(enum libbpf_print_level level, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static int
on_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char text[256];

	if (level != LIBBPF_DEBUG && vsnprintf(text, sizeof text, format, args) > 0)
		log_debug(MEDIA, "libbpf: %.*s", (int)strcspn(text, "\n"), text);
	return 0;
}

/* What the program has in its map `suffix`. */
static struct bpf_map *
map_of(const struct fastpath_kernel *k, const char *suffix)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, k->object)
	{
		const char *name = bpf_map__name(map);
		size_t n = strlen(name), tail = strlen(suffix);

		if (n >= tail && strcmp(name + n - tail, suffix) == 0)
			return map;
	}
	return NULL;
}

static enum err
refused(int code, const char *what, char *why, size_t why_bytes)
{
	bool denied = code == EPERM || code == EACCES;

	snprintf(why, why_bytes, "%s: %s%s", what, strerror(code),
	    denied ? " (it takes CAP_BPF and CAP_NET_ADMIN)" : "");
	return denied ? ERR_DENIED : ERR_IO;
}

static enum err
load(struct fastpath_kernel *k, const struct fastpath_params *p, char *why, size_t why_bytes)
{
	uint32_t first_port = p->first_port;
	struct bpf_map *entries, *constants;
	int code;

	libbpf_set_print(on_libbpf);
	k->object = bpf_object__open_mem(program, sizeof program, NULL);
	if (!k->object)
		return refused(errno, "the program cannot be read", why, why_bytes);
	entries = map_of(k, "entries");
	constants = map_of(k, ".rodata");
	code = entries && constants ? 0 : -EINVAL;
	if (code == 0)
		code = bpf_map__set_max_entries(entries, p->n_ports);
	if (code == 0)
		code = bpf_map__set_initial_value(constants, &first_port, sizeof first_port);
	if (code == 0)
		code = bpf_object__load(k->object);
	if (code != 0)
		return refused(-code, "the kernel does not take the program", why, why_bytes);
	k->mapped_bytes = p->n_ports * sizeof *k->entry;
	k->entry = mmap(
	    NULL, k->mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(entries), 0);
	if (k->entry != MAP_FAILED)
		return ERR_OK;
	k->entry = NULL;
	return refused(errno, "its map cannot be shared", why, why_bytes);
}

/* Others (bridges' loops, tunnels) have no Ethernet head, or see the packet once more. */
static bool
is_ethernet(const char *name)
{
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is = false;

	if (fd < 0)
		return false;
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (ioctl(fd, SIOCGIFHWADDR, &request) == 0)
		is = request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	close(fd);
	return is;
}

static int
attach_old(const struct fastpath_kernel *k, int interface, int program_fd)
{
	DECLARE_LIBBPF_OPTS(
	    bpf_tc_hook, hook, .ifindex = interface, .attach_point = BPF_TC_INGRESS);
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, options, .handle = k->handle,
	    .priority = OLD_HOOK_PRIORITY, .prog_fd = program_fd, .flags = BPF_TC_F_REPLACE);
	int code = bpf_tc_hook_create(&hook);

	if (code != 0 && code != -EEXIST)
		return code;
	return bpf_tc_attach(&hook, &options);
}

static void
detach_old(const struct fastpath_kernel *k, int interface)
{
	DECLARE_LIBBPF_OPTS(
	    bpf_tc_hook, hook, .ifindex = interface, .attach_point = BPF_TC_INGRESS);
	DECLARE_LIBBPF_OPTS(
	    bpf_tc_opts, options, .handle = k->handle, .priority = OLD_HOOK_PRIORITY);

	(void)bpf_tc_detach(&hook, &options); /* without the right to do so it stays, and sleeps */
}

/* A negative code of errno, or 0. */
static int
attach(struct fastpath_kernel *k, int interface, int program_fd, bool old_hook)
{
	struct hook *hook = &k->hook[k->n_hooks];
	int code = -EINVAL;

	*hook = (struct hook){.interface = interface, .link = -1};
	if (!old_hook) {
		code =
		    bpf_link_create(program_fd, interface, (enum bpf_attach_type)TCX_INGRESS, NULL);
		hook->link = code < 0 ? -1 : code;
	}
	if (code < 0)
		code = attach_old(k, interface, program_fd);
	if (code < 0)
		return code;
	k->n_hooks++;
	return 0;
}

static enum err
attach_all(struct fastpath_kernel *k, bool old_hook, char *why, size_t why_bytes)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(k->object, "forward");
	struct if_nameindex *all = if_nameindex();
	int code = -ENODEV;

	for (struct if_nameindex *i = all; p && i && i->if_index; i++) {
		int one;

		if (k->n_hooks == INTERFACES_MAX || !is_ethernet(i->if_name))
			continue;
		one = attach(k, (int)i->if_index, bpf_program__fd(p), old_hook);
		if (one != 0) {
			code = one;
			log_debug(MEDIA, "no hook at %s: %s", i->if_name, strerror(-one));
		}
	}
	if (all)
		if_freenameindex(all);
	return k->n_hooks ? ERR_OK
			  : refused(-code, "no interface has a hook for it", why, why_bytes);
}

enum err
fastpath_kernel_new(
    struct fastpath_kernel **out, const struct fastpath_params *p, char *why, size_t why_bytes)
{
	struct fastpath_kernel *k = calloc(1, sizeof *k);
	enum err e;

	*out = NULL;
	if (!k) {
		snprintf(why, why_bytes, "no memory");
		return ERR_NOMEM;
	}
	k->handle = p->first_port;
	e = load(k, p, why, why_bytes);
	if (e == ERR_OK)
		e = attach_all(k, p->old_hook, why, why_bytes);
	if (e != ERR_OK) {
		fastpath_kernel_free(k);
		return e;
	}
	*out = k;
	return ERR_OK;
}

void
fastpath_kernel_free(struct fastpath_kernel *k)
{
	if (!k)
		return;
	for (unsigned i = 0; i < k->n_hooks; i++)
		if (k->hook[i].link >= 0)
			close(k->hook[i].link);
		else
			detach_old(k, k->hook[i].interface);
	if (k->entry)
		munmap(k->entry, k->mapped_bytes);
	bpf_object__close(k->object);
	free(k);
}

struct fastpath_entry *
fastpath_kernel_entries(struct fastpath_kernel *k)
{
	return k->entry;
}

unsigned
fastpath_kernel_interfaces(const struct fastpath_kernel *k)
{
	return k->n_hooks;
}
