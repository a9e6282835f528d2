using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Nodes;

/// <summary>What a supervisor would use devices for. Replaces what it wanted before.</summary>
/// <param name="Campaign">Its campaign.</param>
/// <param name="Pipelines">How many pipelines more it could use now.</param>
/// <param name="Kinds">The kinds of device its campaign may run on, such as <c>cpu</c>.</param>
/// <param name="Devices">Up to how many devices a pipeline goes on.</param>
/// <param name="Exactly">The devices it must go on, all of them; null for any.</param>
internal sealed record WantDevices(CampaignId Campaign, int Pipelines, IReadOnlyList<string> Kinds, int Devices, IReadOnlyList<DeviceId>? Exactly) : INoSerializationVerificationNeeded;

/// <summary>A supervisor may put a pipeline on these devices, until it returns them.</summary>
/// <param name="Grant">The grant's number.</param>
/// <param name="Places">The devices, the pipeline's own first.</param>
internal sealed record DevicesGranted(int Grant, IReadOnlyList<DevicePlace> Places) : INoSerializationVerificationNeeded;

/// <summary>A supervisor is asked to return a grant after the work in hand: another campaign has nothing at all.</summary>
/// <param name="Grant">Which.</param>
internal sealed record ReturnSoon(int Grant) : INoSerializationVerificationNeeded;

/// <summary>Why a supervisor does not have all the devices that it wants. Sent whenever it may have changed.</summary>
/// <param name="Reason">A line for a person.</param>
internal sealed record DevicesLacking(string Reason) : INoSerializationVerificationNeeded;

/// <summary>A supervisor no longer uses a grant.</summary>
/// <param name="Grant">Which.</param>
/// <param name="Pipeline">The pipeline that is on the devices until it has ended; null where there is none.</param>
internal sealed record ReturnDevices(int Grant, IActorRef? Pipeline) : INoSerializationVerificationNeeded;

/// <summary>A supervisor would rather have other devices. Answered with <see cref="DevicesGranted"/> of the same number, or <see cref="RequestRefused"/>.</summary>
/// <param name="Grant">The grant's number.</param>
/// <param name="Devices">The devices.</param>
/// <param name="Pipeline">The pipeline that is on the present ones until it has ended.</param>
internal sealed record ExchangeDevices(int Grant, IReadOnlyList<DeviceId> Devices, IActorRef Pipeline) : INoSerializationVerificationNeeded;

/// <summary>A node takes nothing new: it leaves, or cannot be reached.</summary>
/// <param name="Node">Which.</param>
internal sealed record WorkerGone(string Node) : INoSerializationVerificationNeeded;

/// <summary>
/// Shares the devices of all workers among the campaigns: a device goes to the campaign that has least, and the one that
/// has most gives one back when another has none. A device that is given back is free once the pipeline on it has ended: it never
/// holds more networks than it takes.
/// </summary>
internal sealed class DevicePool : ReceiveActor, IWithTimers
{
    private readonly SortedDictionary<string, (IActorRef Worker, WorkerDescribed Described)> _workers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Grant> _grants = [];
    private readonly List<(IActorRef Holder, WantDevices Want)> _wants = [];
    private readonly List<Remainder> _remainders = [];
    private readonly HashSet<int> _askedBack = [];
    private readonly TimeSpan _silence;
    private int _granted;

    /// <summary>A pool without any device yet.</summary>
    /// <param name="silence">How long a pipeline that was told to end may say nothing before it is held to be gone.</param>
    public DevicePool(TimeSpan silence)
    {
        _silence = silence;
        Receive<WorkerDescribed>(worker =>
        {
            _workers[worker.Node] = (Sender, worker);
            Serve();
        });
        Receive<WorkerGone>(gone =>
        {
            _workers.Remove(gone.Node);
            Serve();
        });
        Receive<WantDevices>(want =>
        {
            Context.Watch(Sender);
            _wants.RemoveAll(other => other.Holder.Equals(Sender));
            _wants.Add((Sender, want));
            Serve();
        });
        Receive<ReturnDevices>(back =>
        {
            if (_grants.Remove(back.Grant, out var grant))
            {
                _askedBack.Remove(back.Grant);
                FreeAfter(back.Pipeline, PipelineName(grant.Campaign, back.Grant), grant.Devices);
            }

            Serve();
        });
        Receive<ExchangeDevices>(Exchange);
        Receive<ListDevices>(_ => Sender.Tell(List()));
        Receive<Terminated>(ended =>
        {
            _remainders.RemoveAll(remainder => remainder.Pipeline.Equals(ended.ActorRef));
            _wants.RemoveAll(want => want.Holder.Equals(ended.ActorRef));
            foreach (var (number, _) in _grants.Where(grant => grant.Value.Holder.Equals(ended.ActorRef)).ToList())
            {
                _grants.Remove(number);
                _askedBack.Remove(number);
            }

            Serve();
        });
        Receive<Remainder>(silent =>
        {
            _remainders.Remove(silent);
            Serve();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="silence">How long a pipeline that was told to end may say nothing before it is held to be gone.</param>
    public static Props Props(TimeSpan silence) => Akka.Actor.Props.Create(() => new DevicePool(silence));

    /// <summary>Devices are free when the pipeline on them has ended, or its node is gone, or nothing was heard of either for long.</summary>
    private void FreeAfter(IActorRef? pipeline, string name, IReadOnlyList<DeviceId> devices)
    {
        if (pipeline is not null && devices.Count > 0)
        {
            var remainder = new Remainder(name, Context.Watch(pipeline), devices);
            _remainders.Add(remainder);
            Timers.StartSingleTimer(remainder, remainder, _silence);
        }
    }

    private void Serve()
    {
        while (_wants.Where(want => want.Want.Pipelines > 0).OrderBy(want => HeldBy(want.Holder)).FirstOrDefault(want => Free(want.Want).Count() >= (want.Want.Exactly?.Count ?? 1)) is { Want: not null } next)
        {
            var places = Free(next.Want).Take(next.Want.Devices).ToList();
            var number = ++_granted;
            _grants.Add(number, new Grant(next.Holder, next.Want.Campaign, next.Want.Kinds, [.. places.Select(place => place.Offer.Device)]));
            _wants[_wants.IndexOf(next)] = next with { Want = next.Want with { Pipelines = next.Want.Pipelines - 1 } };
            next.Holder.Tell(new DevicesGranted(number, places));
        }

        AskBack();
        foreach (var (holder, want) in _wants.Where(want => want.Want.Pipelines > 0))
        {
            holder.Tell(new DevicesLacking(Lack(want)));
        }
    }

    private string Lack(WantDevices want)
    {
        var offered = _workers.Values.Where(worker => !worker.Described.Leaving).SelectMany(worker => worker.Described.Devices).Select(offer => offer.Device).ToList();
        return
            offered.Count == 0 ? "no worker has joined"
            : want.Exactly?.FirstOrDefault(device => !offered.Contains(device)) is { Device: not null } missing ? $"no worker offers {missing}"
            : !offered.Any(device => Suits(device, want)) ? $"no worker offers {string.Join(" or ", want.Kinds)}"
            : "all devices are in use";
    }

    /// <summary>Devices that could take one more pipeline of a campaign, the idlest first.</summary>
    private IEnumerable<DevicePlace> Free(WantDevices want) =>
        from worker in _workers.Values
        where !worker.Described.Leaving
        from offer in worker.Described.Devices
        where Suits(offer.Device, want)
        let users = UsersOf(offer.Device).Count
        where users < offer.Capacity
        orderby users
        select Place(worker.Worker, offer);

    private static bool Suits(DeviceId device, WantDevices want) => want.Exactly?.Contains(device) ?? want.Kinds.Contains(KindOf(device));

    private bool IsOffered(DeviceId device) => _workers.TryGetValue(device.Node, out var worker) && !worker.Described.Leaving;

    private void AskBack()
    {
        foreach (var (holder, want) in _wants.Where(want => want.Want.Pipelines > 0 && HeldBy(want.Holder) == 0))
        {
            var richest = _grants
                .Where(grant => !_askedBack.Contains(grant.Key) && grant.Value.Devices.Any(device => IsOffered(device) && Suits(device, want)))
                .GroupBy(grant => grant.Value.Holder)
                .Where(held => !held.Key.Equals(holder) && held.Count() > 1)
                .MaxBy(held => held.Count());
            if (richest is not null && _askedBack.Count == 0)
            {
                var last = richest.MaxBy(grant => grant.Key).Key;
                _askedBack.Add(last);
                richest.Key.Tell(new ReturnSoon(last));
            }
        }
    }

    private void Exchange(ExchangeDevices exchange)
    {
        if (!_grants.TryGetValue(exchange.Grant, out var grant))
        {
            Sender.Tell(new RequestRefused("the pipeline has ended meanwhile"));
            return;
        }

        if (exchange.Devices.FirstOrDefault(device => !grant.Kinds.Contains(KindOf(device))) is { Device: not null } other)
        {
            Sender.Tell(new RequestRefused($"{other}: the campaign runs on {string.Join(" and ", grant.Kinds)}; another kind of device rounds differently, and its numbers would be others"));
            return;
        }

        var places = new List<DevicePlace>();
        foreach (var device in exchange.Devices.Distinct())
        {
            var found = _workers.Values
                .SelectMany(worker => worker.Described.Devices.Where(offer => offer.Device == device).Select(offer => Place(worker.Worker, offer)))
                .FirstOrDefault();
            var others = UsersOf(device).Where(user => user != PipelineName(grant.Campaign, exchange.Grant)).ToList();
            if (found is null || others.Count >= found.Offer.Capacity)
            {
                Sender.Tell(new RequestRefused(found is null
                    ? $"{device}: no such device; `device show` lists them"
                    : $"{device}: in use by {string.Join(", ", others)}"));
                return;
            }

            places.Add(found);
        }

        var devices = places.Select(place => place.Offer.Device).ToList();
        _grants[exchange.Grant] = grant with { Devices = devices };
        FreeAfter(exchange.Pipeline, PipelineName(grant.Campaign, exchange.Grant), [.. grant.Devices.Except(devices)]);
        Sender.Tell(new DevicesGranted(exchange.Grant, places));
        Serve();
    }

    private DeviceList List() => new(
    [
        .. from worker in _workers.Values
           from offer in worker.Described.Devices
           select new DeviceStatus(offer.Device, offer.MemoryBytes, offer.Capacity, worker.Described.Leaving, UsersOf(offer.Device)),
    ]);

    private List<string> UsersOf(DeviceId device) =>
    [
        .. _grants.Where(grant => grant.Value.Devices.Contains(device)).Select(grant => PipelineName(grant.Value.Campaign, grant.Key)),
        .. _remainders.Where(remainder => remainder.Devices.Contains(device)).Select(remainder => remainder.Name),
    ];

    private int HeldBy(IActorRef holder) => _grants.Values.Count(grant => grant.Holder.Equals(holder));

    /// <summary>What the pipeline on a grant is called.</summary>
    public static string PipelineName(CampaignId campaign, int grant) => $"{campaign}-{grant}";

    private static DevicePlace Place(IActorRef worker, DeviceOffer offer) => new(offer, Akka.Serialization.Serialization.SerializedActorPath(worker));

    private static string KindOf(DeviceId device) => device.Device.Split(':')[0];

    /// <summary>Devices that were given back, with the pipeline that has still to end there.</summary>
    private sealed record Remainder(string Name, IActorRef Pipeline, IReadOnlyList<DeviceId> Devices) : INoSerializationVerificationNeeded;

    private sealed record Grant(IActorRef Holder, CampaignId Campaign, IReadOnlyList<string> Kinds, IReadOnlyList<DeviceId> Devices);
}
