/* Who works in the simulated office, and what they dial. */
#include "office.h"

/* 101 Anna, 102 Ben, 103 Cleo, 104 Dora, who has what comes for her in a mailbox, 105 Emil, who has
 * no phone. 151 rings all, 152 one after the other, 153 hears. */
const char office_config[] =
    "{'settings':{'domain':'strowger','country_code':'49','area_code':'211','outside_prefix':'0','"
    "session_expires_s':90,'rtp_timeout_s':20,"
    "'rtp_hold_timeout_s':60,'ring_s':20,'register_max_s':200},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'p0','secret':'Secret-p0-Secret0','qualify_s':30,'direct_media':true},"
    "{'name':'p1','secret':'Secret-p1-Secret1'},{'name':'p2','secret':'Secret-p2-Secret2','direct_"
    "media':true},"
    "{'name':'p3','secret':'Secret-p3-Secret3','direct_media':true},{'name':'p4','secret':'Secret-"
    "p4-Secret4'},"
    "{'name':'p5','secret':'Secret-p5-Secret5','qualify_s':0}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['p0','p1'],"
    "'numbers':['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['p2'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['p3','p4','p5'],"
    "'numbers':['103']},"
    "{'login':'1004','first_name':'Dora','last_name':'Ernst','phones':['p5'],'numbers':['104'],"
    "'dnd':true},"
    "{'login':'1005','first_name':'Emil','last_name':'Funk','numbers':['105']}],"
    "'groups':[{'name':'all','group_id':'1'},{'name':'chain','group_id':'2','strategy':'hunting',"
    "'hunt_s':5},{'name':'hear','group_id':'3','strategy':'broadcast'}],"
    "'group-members':[{'group':'all','user':'1001'},{'group':'all','user':'1002'},"
    "{'group':'all','user':'1003'},{'group':'chain','user':'1002'},{'group':'chain','user':'1001'},"
    "{'group':'hear','user':'1001'},{'group':'hear','user':'1002'},"
    "{'group':'hear','user':'1003'}],"
    "'numbers':[{'number':'151','group':'all'},{'number':'152','group':'chain'},"
    "{'number':'153','group':'hear'},"
    "{'number':'0211555101','kind':'external','user':'1001','line':'isp'},"
    "{'number':'0211555102','kind':'external','user':'1002','line':'isp'}],"
    "'mailboxes':[{'name':'Dora','code':'4','min_s':1,'max_s':30},{'name':'Emil','code':'5'}],"
    "'mailbox-access':[{'mailbox':'Dora','user':'1004'},{'mailbox':'Dora','user':'1001'},"
    "{'mailbox':'Emil','group':'all'}],"
    "'redirections':[{'number':'104','trigger':'timeout','kind':'mailbox','mailbox':'Dora'},"
    "{'number':'105','trigger':'always','kind':'mailbox','mailbox':'Emil'}],"
    "'lines':[{'name':'isp','host':'10.0.0.50','transport':'udp','auth':'address','register':false,"
    "'permit':'10.0.0.50','qualify_s':0}],"
    "'emergency-numbers':[{'number':'112','name':'Help'}],"
    "'mobile-twins':[{'user':'1002','number':'+491711111111','delay_s':2},"
    "{'user':'1003','number':'+491712222222','group_calls':true,'confirm':false}]}";

/* Numbers stand for most of what is dialled, each with its weight. What codes have switched on, and
 * whom they have logged out, lasts: in a week people mostly undo it, and come back to their desks.
 */
static const struct {
	uint8_t day, week;
	const char *number;
} dialled[] = {
    {24, 24, "101"},
    {24, 24, "102"},
    {18, 18, "103"},
    {6, 6, "104"},
    {6, 6, "105"},
    {4, 4, "199"},
    {3, 3, "abc"},
    {6, 6, "151"},
    {5, 5, "152"},
    {3, 3, "153"},
    {1, 1, "*01103"},
    {1, 4, "*010"},
    {2, 2, "*02101"},
    {1, 2, "*020"},
    {2, 2, "*03102"},
    {1, 2, "*030"},
    {1, 1, "*09"},
    {2, 4, "*090"},
    {2, 2, "*331"},
    {2, 2, "*321"},
    {1, 1, "*332"},
    {1, 1, "*329"},
    {4, 4, "*8"},
    {3, 3, "*8101"},
    {2, 2, "*8151"},
    {5, 5, "*07"},
    {1, 1, "*070"},
    {4, 4, "*0800"},
    {4, 4, "*0801"},
    {3, 3, "*9"},
    {2, 2, "*94"},
    {1, 1, "*771004"},
    {0, 3, "*771001"},
    {0, 3, "*771002"},
    {0, 3, "*771003"},
    {1, 1, "*781004"},
    {1, 1, "*79"},
    {2, 2, "*2102"},
    {5, 5, "0022199"},
    {2, 2, "*20022199"},
    {2, 2, "112"},
};

static uint32_t
weight_of(size_t i, const struct office_span *span)
{
	return span == &office_day ? dialled[i].day : dialled[i].week;
}

const char *
office_number(const struct office_span *span, struct rng *rng, bool outside)
{
	static const char *const numbers[] = {"0211555101", "0211555102", "0211555199"};
	uint32_t sum = 0, dice;
	size_t i = 0;

	if (outside)
		return numbers[rng_below(rng, sizeof numbers / sizeof numbers[0])];
	for (size_t k = 0; k < sizeof dialled / sizeof dialled[0]; k++)
		sum += weight_of(k, span);
	for (dice = rng_below(rng, sum); dice >= weight_of(i, span); i++)
		dice -= weight_of(i, span);
	return dialled[i].number;
}
