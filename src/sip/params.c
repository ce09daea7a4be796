/* Parameters: ";name", ";name=token", `;name="quoted"`, white space anywhere. */
#include "sip/msg.h"
#include "sip/parse_int.h"

static struct slice
take_until_param_end(struct slice *s)
{
	struct slice head = {s->p, 0};

	while (head.n < s->n && !sip_char_is(s->p[head.n], SIP_CC_PARAM_END))
		head.n++;
	s->p += head.n;
	s->n -= head.n;
	return head;
}

enum sip_param_step
sip_param_take(struct slice *rest, struct sip_param *p)
{
	struct slice s = *rest;
	const char *start;

	sip_skip_space(&s);
	if (slice_take_char(&s, ';'))
		sip_skip_space(&s);
	if (s.n == 0)
		return SIP_PARAM_END;
	start = s.p;
	*p = (struct sip_param){.name = take_until_param_end(&s)};
	if (p->name.n == 0)
		return SIP_PARAM_BAD;
	p->text = slice_make(start, (size_t)(s.p - start));
	sip_skip_space(&s);
	if (slice_take_char(&s, '=')) {
		sip_skip_space(&s);
		p->quoted = sip_take_quoted(&s, &p->value);
		if (!p->quoted)
			p->value = take_until_param_end(&s);
		p->text = slice_make(start, (size_t)(s.p - start));
		sip_skip_space(&s);
	}
	if (s.n && s.p[0] != ';')
		return SIP_PARAM_BAD;
	*rest = s;
	return SIP_PARAM_FOUND;
}

bool
sip_param_find(struct slice params, struct slice name, struct slice *value)
{
	struct sip_param p;

	while (sip_param_take(&params, &p) == SIP_PARAM_FOUND) {
		if (slice_eq_nocase(p.name, name)) {
			if (value)
				*value = p.value;
			return true;
		}
	}
	return false;
}
