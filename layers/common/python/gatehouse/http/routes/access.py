"""AuthZEN: an application asks whether somebody may do something."""

from gatehouse.domain.errors import GatehouseError, Malformed
from gatehouse.http import authzen, identity
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.usecases.authorize import authenticate, evaluate, evaluate_all

routes = Routes()


@routes("POST /access/v1/evaluation")
def evaluation(call: Call) -> Answer:
    key_text = identity.bearer_key_of(call)
    try:
        ask = authzen.ask_of(call.body())
    except GatehouseError:
        authenticate(call.ports, key_text)
        raise
    return json_answer(200, authzen.answer_view(evaluate(call.ports, key_text, ask)))


@routes("POST /access/v1/evaluations")
def evaluations(call: Call) -> Answer:
    key_text = identity.bearer_key_of(call)
    try:
        body = call.body()
        asks = authzen.asks_of(body)
        semantic = authzen.semantic_of(body)
        alone = [] if asks else [authzen.ask_of(body)]
    except GatehouseError:
        authenticate(call.ports, key_text)
        raise
    for ask in alone:
        return json_answer(200, authzen.answer_view(evaluate(call.ports, key_text, ask)))
    asks = asks or []
    readable = [None if isinstance(ask, Malformed) else ask for ask in asks]
    answers = evaluate_all(call.ports, key_text, readable, semantic)
    views = [
        authzen.item_view(ask if isinstance(ask, Malformed) else answer)  # type: ignore[arg-type]  # None stands where a Malformed does
        for ask, answer in zip(asks, answers, strict=False)
    ]
    return json_answer(200, {"evaluations": views})


@routes("GET /.well-known/authzen-configuration")
def configuration(call: Call) -> Answer:
    base = call.ports.public_base_url
    return json_answer(
        200,
        {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
        },
    )
