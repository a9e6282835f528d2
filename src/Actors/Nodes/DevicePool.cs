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

/// <summary>A supervisor no longer uses a grant.</summary>
/// <param name="Grant">Which.</param>
internal sealed record ReturnDevices(int Grant) : INoSerializationVerificationNeeded;

/// <summary>A supervisor would rather have other devices. Answered with <see cref="DevicesGranted"/> of the same number, or <see cref="RequestRefused"/>.</summary>
/// <param name="Grant">The grant's number.</param>
/// <param name="Devices">The devices.</param>
internal sealed record ExchangeDevices(int Grant, IReadOnlyList<DeviceId> Devices) : INoSerializationVerificationNeeded;

/// <summary>A node takes nothing new: it leaves, or cannot be reached.</summary>
/// <param name="Node">Which.</param>
internal sealed record WorkerGone(string Node) : INoSerializationVerificationNeeded;

/// <summary>
/// Shares the devices of all workers among the campaigns: a device goes to the campaign that has least, and the one that
/// has most gives one back when another has none.
/// </summary>
internal sealed class DevicePool : ReceiveActor
{
    private readonly SortedDictionary<string, (IActorRef Worker, WorkerDescribed Described)> _workers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Grant> _grants = [];
    private readonly List<(IActorRef Holder, WantDevices Want)> _wants = [];
    private readonly HashSet<int> _askedBack = [];
    private int _granted;

    public DevicePool()
    {
        Receive<WorkerDescribed>(worker =>
        {
            _workers[worker.Node] = (Sender, worker);
            Serve();
        });
        Receive<WorkerGone>(gone => _workers.Remove(gone.Node));
        Receive<WantDevices>(want =>
        {
            Context.Watch(Sender);
            _wants.RemoveAll(other => other.Holder.Equals(Sender));
            _wants.Add((Sender, want));
            Serve();
        });
        Receive<ReturnDevices>(back =>
        {
            _grants.Remove(back.Grant);
            _askedBack.Remove(back.Grant);
            Serve();
        });
        Receive<ExchangeDevices>(Exchange);
        Receive<ListDevices>(_ => Sender.Tell(List()));
        Receive<Terminated>(holder =>
        {
            _wants.RemoveAll(want => want.Holder.Equals(holder.ActorRef));
            foreach (var (number, _) in _grants.Where(grant => grant.Value.Holder.Equals(holder.ActorRef)).ToList())
            {
                _grants.Remove(number);
                _askedBack.Remove(number);
            }

            Serve();
        });
    }

    /// <summary>How to make one.</summary>
    public static Props Props() => Akka.Actor.Props.Create(() => new DevicePool());

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
    }

    /// <summary>Devices that could take one more pipeline of a campaign, the idlest first.</summary>
    private IEnumerable<DevicePlace> Free(WantDevices want) =>
        from worker in _workers.Values
        where !worker.Described.Leaving
        from offer in worker.Described.Devices
        where want.Exactly?.Contains(offer.Device) ?? want.Kinds.Contains(KindOf(offer.Device))
        let users = _grants.Values.Count(grant => grant.Devices.Contains(offer.Device))
        where users < offer.Capacity
        orderby users
        select Place(worker.Worker, offer);

    private void AskBack()
    {
        foreach (var (holder, want) in _wants.Where(want => want.Want.Pipelines > 0 && HeldBy(want.Holder) == 0))
        {
            var richest = _grants
                .Where(grant => !_askedBack.Contains(grant.Key) && grant.Value.Kinds.Intersect(want.Kinds).Any())
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
        var places = new List<DevicePlace>();
        foreach (var device in exchange.Devices.Distinct())
        {
            var found = _workers.Values
                .SelectMany(worker => worker.Described.Devices.Where(offer => offer.Device == device).Select(offer => Place(worker.Worker, offer)))
                .FirstOrDefault();
            var users = _grants.Count(grant => grant.Key != exchange.Grant && grant.Value.Devices.Contains(device));
            if (found is null || users >= found.Offer.Capacity)
            {
                Sender.Tell(new RequestRefused(found is null
                    ? $"{device}: no such device; `device show` lists them"
                    : $"{device}: in use by {string.Join(", ", UsersOf(device))}"));
                return;
            }

            places.Add(found);
        }

        _grants[exchange.Grant] = _grants[exchange.Grant] with { Devices = [.. places.Select(place => place.Offer.Device)] };
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
        [.. _grants.Where(grant => grant.Value.Devices.Contains(device)).Select(grant => PipelineName(grant.Value.Campaign, grant.Key))];

    private int HeldBy(IActorRef holder) => _grants.Values.Count(grant => grant.Holder.Equals(holder));

    /// <summary>What the pipeline on a grant is called.</summary>
    public static string PipelineName(CampaignId campaign, int grant) => $"{campaign}-{grant}";

    private static DevicePlace Place(IActorRef worker, DeviceOffer offer) => new(offer, Akka.Serialization.Serialization.SerializedActorPath(worker));

    private static string KindOf(DeviceId device) => device.Device.Split(':')[0];

    private sealed record Grant(IActorRef Holder, CampaignId Campaign, IReadOnlyList<string> Kinds, IReadOnlyList<DeviceId> Devices);
}
