package main

// What families, schools and officers of the demo write. {child} is the first
// name, {school} the school, {officer} the named officer's first name.

type demoLetter struct {
	subject, body string
	reply         string // what an officer answers
}

// openers begin an enquiry.
func openers() []demoLetter {
	return []demoLetter{
		{"Any news of the draft plan?", "Hello,\n\nwe were told the draft plan for {child} would come this month. Please can you tell me when we will see it, and whether the speech therapist's report got to you? I sent it to {school} as well.\n\nMany thanks", "Thank you for asking. I have the speech therapist's report, it came on Monday. The draft is with the writer now and I will send it to you by the end of next week. If it is going to be later than that I will ring you before then, not after."},
		{"taxi did not come again", "The taxi did not turn up again this morning. That is the third time in two weeks. {child} was ready and standing at the door with a coat on. I had to take a morning off work. Who do I speak to about this please", "I am sorry. Three times in two weeks is not good enough and I understand what it does to a morning. I have spoken to the transport team today and they have changed the driver from Monday. I will ring you on Tuesday to hear how it went."},
		{"Meeting at school on the 14th", "Dear team,\n\n{school} have asked us to a meeting about next year. Will somebody from the council be there? We do not want to agree anything without you and we don't know what we are allowed to ask for.\n\nKind regards", "Yes, I will be there. You do not have to agree to anything on the day. I have put a short list of what you may want to ask below, and we can speak on the phone before the meeting if that helps."},
		{"Please can you look at an assessment", "Hello, I am writing to ask the council to assess {child} for an EHC plan. School say they have done all they can. {child} cries every morning and cannot manage the noise in the classroom. Please tell me what you need from me.", "Thank you for writing. I have recorded your letter as a request for an EHC needs assessment, and it counts from the day you sent it. You do not need a form. You can send me anything you would like us to read, and tell us what you think in your own words. You will have our decision within six weeks of your letter."},
		{"one to one support has stopped", "Our plan says 15 hours of one to one. Miss Harris left at half term and nobody has taken over. So there has been nothing for five weeks. The school says it is waiting for the council, is that right?", "You are right to ask, and it is not right that it has stopped. The hours in the plan do not depend on one person. I have written to the head teacher today to ask what is being done from tomorrow, and I will tell you on Friday what they answer."},
		{"Which schools did you ask", "Hi, can you tell me which schools have been asked about a place for {child} and what they said? The last thing I heard was in September.", "I should have told you sooner. We asked three schools in September. Two have answered, one of them yes. I will ring you tomorrow at a time that suits you to go through both answers."},
		{"Review was in the summer", "Dear sir or madam\n\nThe annual review for {child} was on 4 July. We still have no decision. Please could someone tell us what is going on.\n\nThank you", "You should have had our decision within four weeks of the meeting, and you did not. I am sorry. We have decided to change the plan, and the letter with the changes goes to you this week."},
		{"new phone number", "Hello, my new mobile is 01234 000417, please use that and not the old one. Mornings are best. Thanks", "Thank you, I have changed it on the record and taken the old number off."},
		{"Occupational therapy", "Since the OT changed we have not had a single session. {child} had a weekly session in the plan, section F. What can we do?", "I have asked the therapy service today when sessions start again and who will make up for what was missed. I will write to you again by next Wednesday, also if they have not answered."},
		{"not sleeping, not in school", "{child} has not been in since half term. We are on our knees here to be honest. We get up at 4 most days. School send work home but nobody looks at it after. Is there any help at all", "Thank you for telling me how things are. I have asked for tuition at home to be set up this week and I have asked the family support team to ring you. I will ring you myself on Thursday. If things get harder before then, please ring the number below."},
		{"Comments on draft", "Hello,\n\nour comments on the draft are below.\n\n1. Section B leaves out what the psychologist wrote about memory.\n2. Section F says 'access to' a quiet room. We would like it to say when and how long.\n3. We would like to name {school}.\n\nCan we meet?", "Thank you for such clear comments. I agree with the first and the second and have passed both to the writer. I can meet you on Tuesday or Thursday of next week, at school or on a call. Which suits you?"},
		{"Can you ring me please", "Please can someone ring me about transport for September, I am at work until 3 and then free.", "I will ring you tomorrow at half past three."},
		{"Year 7", "It is November and we have not heard about Year 7. Every other child in the class knows the date. What happens by 15 February if no school says yes?", "The law says that the plan must name the next school before 15 February. We have asked the schools you named. If none of them says yes, we have to decide, and you can appeal. I will write to you on the first of each month with where we are, also when there is no news."},
		{"Escort on the minibus", "The new escort does not know that {child} needs the seat at the front. {child} was sick twice this week. Could you tell them? It used to be on the sheet.", "Thank you, I have rung the transport team and the note about the front seat is back on the sheet from tomorrow."},
		{"Copy of the psychologist's report", "Hi, please could you send me the psychologist's report again, the link has run out before I could print it.", "Of course. A new link is on its way to you, and it works for four weeks."},
		{"Thank you but", "Thank you for the call on Monday. I am still not sure what we have agreed about the afternoons. Could you put it in writing? I forget things when I am upset.", "That is a very good idea. We agreed three things: from Monday {child} starts lunch ten minutes early, Mrs Dale is at the gate, and we look at it again with you on the last Friday of the month."},
		{"Moving house in January", "We are moving to the other side of town on 9 January. Will {child} keep the place at {school}? Do I have to tell anybody else?", "The place is kept. You only need to tell the school and me, and you have now told me. Please send me the new address when you are ready, and say if there is anybody who should not have it."},
		{"Holiday club", "Is there anything for children like {child} in the holidays? The ones we tried sent us home.", "There are two that I know of that have staff who are used to children who need more time. I have asked the Local Offer team to ring you with places and dates."},
		{"appeal?", "We got the letter saying no to an assessment. We don't understand why. Are we allowed to disagree, and by when?", "Yes, you are. You have two months from the date of the letter to appeal, and before that you can speak to the mediation service free of charge. I would also like to ring you and go through the reasons. Nothing is lost by that."},
		{"College next year", "Hello, {child} would like to go to college next September and not stay at {school}. What do we do first?", "That is good to hear. I will set up a meeting with the college before Christmas and ask {child} what would help on the first visit."},
	}
}

// followUps answer an officer's letter.
func followUps() []string {
	return []string{
		"Thank you, that helps. We will wait to hear.",
		"Thanks for getting back to me so quickly. Tuesday is fine for us.",
		"OK. But what happens until then? There is nothing at the moment.",
		"Thank you. I have told the school what you said.",
		"Thank you for ringing as well, it means a lot that somebody did.",
		"That is not what we were told in the summer. Could you check please? I have the letter here.",
		"I rang the number you gave and they had not heard of us. Could you speak to them?",
	}
}

// chasers come when nobody answered.
func chaserLetters() []string {
	return []string{
		"I am still waiting for an answer to my email. Could somebody please let me know that it has been read by a person?",
		"Third email. Please, any update at all.",
		"Following up on the below. I left a message as well and nobody has called.",
	}
}

// schoolLetters come from a SENCO.
func schoolLetters() []demoLetter {
	return []demoLetter{
		{"Advice for the assessment", "Dear colleagues,\n\nplease find our advice for {child} below. Attendance this term is 71 %. Small groups go well; transitions are hard.\n\nKind regards\nSENCO", "Thank you, that is exactly what was needed. I have added it to the papers for the panel."},
		{"Review date", "Hello, we have the review for {child} on the 2nd at 2 pm. Could you let me know who will come from your side?", "Thank you. I will be there, and the educational psychologist has the date as well."},
	}
}

// colleagueNotes are what officers write to each other.
func colleagueNotes() []string {
	return []string{
		"Has panel met about this one? Parent asks for a date. I would like to give her one.",
		"Spoke to school: cover for the support hours starts Monday. Parent does not know yet, I will tell her today.",
		"Transport says driver was ill. Ask them for a named replacement, this is the third time.",
		"Psychologist's report is in the shared folder. My opinion: section F needs hours, not access to.",
		"Mother prefers a call to a letter. Mornings.",
	}
}

// strangers write from addresses that nobody knows.
func strangers() []demoLetter {
	return []demoLetter{
		{"Help for my grandson", "Hello, I look after my grandson most days since my daughter is ill. School says he needs help and that I should write to you. Can I do that as his grandmother?", ""},
		{"Re: place at special school", "We are a family moving to Westmarsh in the spring with a six year old who has a plan from another council. Who do we talk to?", ""},
		{"parking at the office", "Is there parking for a wheelchair van at your office? We have a meeting on Friday.", ""},
	}
}
