using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Tests.Nodes;

/// <summary>The pool of devices, with one worker that has two CPUs, and probes in the supervisors' and pipelines' places.</summary>
public sealed class DevicePoolTests : TestKit
{
    private static readonly DeviceId First = new("a:1", "cpu");

    private static readonly DeviceId Second = new("a:1", "cpu:2");

    private readonly TestProbe _one;
    private readonly TestProbe _other;
    private readonly TestProbe _pipeline;

    public DevicePoolTests() => (_one, _other, _pipeline) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());

    [Fact]
    public async Task A_device_that_is_given_back_is_free_once_its_pipeline_has_ended()
    {
        var pool = await GivenBackAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["one-1"], await UsersAsync(pool, First));
        Sys.Stop(_pipeline);

        Assert.Equal(First, (await NextGrantAsync(_other)).Places.Single().Offer.Device);
        Assert.Equal(["other-2"], await UsersAsync(pool, First));
    }

    [Fact]
    public async Task A_supervisor_that_dies_leaves_the_device_to_its_pipeline_until_that_has_ended()
    {
        var pool = await GivenBackAsync(TimeSpan.FromMinutes(1));
        Watch(_one);
        Sys.Stop(_one);
        await ExpectTerminatedAsync(_one);
        Assert.Equal(["one-1"], await UsersAsync(pool, First));
        Sys.Stop(_pipeline);

        await NextGrantAsync(_other);
    }

    [Fact]
    public async Task A_pipeline_that_does_not_end_is_waited_for_no_longer_than_it_may_be_silent()
    {
        await GivenBackAsync(TimeSpan.FromMilliseconds(50));

        await NextGrantAsync(_other);
    }

    [Fact]
    public async Task A_pipeline_that_moves_holds_both_devices_until_it_has_ended_on_the_first()
    {
        var pool = Pool(TimeSpan.FromMinutes(1), First, Second);
        var grant = await GrantedAsync(pool, _one, "one");
        var (from, to) = grant.Places.Single().Offer.Device == First ? (First, Second) : (Second, First);

        pool.Tell(new ExchangeDevices(grant.Grant, [to], _pipeline), _one);
        await NextGrantAsync(_one);
        Assert.Equal(["one-1"], await UsersAsync(pool, from));
        Assert.Equal(["one-1"], await UsersAsync(pool, to));
        Want(pool, _other, "other");
        Sys.Stop(_pipeline);

        Assert.Equal(from, (await NextGrantAsync(_other)).Places.Single().Offer.Device);
    }

    [Fact]
    public async Task Who_gets_no_device_hears_why()
    {
        var pool = Sys.ActorOf(DevicePool.Props(TimeSpan.FromMinutes(1)));
        Want(pool, _one, "one");
        Assert.Equal("no worker has joined", (await _one.ExpectMsgAsync<DevicesLacking>()).Reason);

        Want(pool, _one, "one", "cuda");
        Assert.Equal("no worker has joined", (await _one.ExpectMsgAsync<DevicesLacking>()).Reason);
        pool.Tell(new WorkerDescribed("a:1", [new(First, 1 << 30, 1, 1)], Leaving: false));
        Assert.Equal("no worker offers cuda", (await _one.ExpectMsgAsync<DevicesLacking>()).Reason);

        await GrantedAsync(pool, _other, "other");
        Want(pool, _one, "one");
        Assert.Equal("all devices are in use", (await _one.FishForMessageAsync<DevicesLacking>(lacking => !lacking.Reason.Contains("cuda", StringComparison.Ordinal))).Reason);
    }

    private IActorRef Pool(TimeSpan silence, params DeviceId[] devices)
    {
        var pool = Sys.ActorOf(DevicePool.Props(silence));
        pool.Tell(new WorkerDescribed("a:1", [.. devices.Select(device => new DeviceOffer(device, 1 << 30, 1, 1))], Leaving: false));
        return pool;
    }

    /// <summary>A pool whose one device has been granted to one and given back, its pipeline still there, while another wants it.</summary>
    private async Task<IActorRef> GivenBackAsync(TimeSpan silence)
    {
        var pool = Pool(silence, First);
        var grant = await GrantedAsync(pool, _one, "one");
        Want(pool, _other, "other");
        pool.Tell(new ReturnDevices(grant.Grant, _pipeline), _one);
        return pool;
    }

    private static void Want(IActorRef pool, TestProbe holder, string campaign, string kind = "cpu") =>
        pool.Tell(new WantDevices(new CampaignId(campaign), 1, [kind], 1, null), holder);

    private static Task<DevicesGranted> GrantedAsync(IActorRef pool, TestProbe holder, string campaign)
    {
        Want(pool, holder, campaign);
        return NextGrantAsync(holder);
    }

    private static async Task<DevicesGranted> NextGrantAsync(TestProbe holder) => await holder.FishForMessageAsync<DevicesGranted>(_ => true);

    private static async Task<IReadOnlyList<string>> UsersAsync(IActorRef pool, DeviceId device) =>
        (await pool.Ask<DeviceList>(new ListDevices())).Devices.Single(status => status.Device == device).Users;
}
